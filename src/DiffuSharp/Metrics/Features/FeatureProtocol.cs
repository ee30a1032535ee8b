using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using DiffuSharp.Metrics.Resizing;

namespace DiffuSharp.Metrics.Features;

/// <summary>
/// What turns 8-bit images into features: network, input size and range, layer. Numbers from different protocols cannot be compared, so each
/// number and each reference file carries it.
/// </summary>
public sealed record FeatureProtocol
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter<ResizeRule>() },
    };

    /// <summary>Name to be printed with every number, such as <c>inception-2015-12-05/clean</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Channels of the network: 1, or 3; grey images are repeated for 3.</summary>
    public required int Channels { get; init; }

    /// <summary>Rows that the network takes; null for any.</summary>
    public int? Height { get; init; }

    /// <summary>Columns that the network takes; null for any.</summary>
    public int? Width { get; init; }

    /// <summary>How images of another size get there.</summary>
    public ResizeRule Resize { get; init; }

    /// <summary>Subtracted from the values 0..255, one for each channel.</summary>
    public required IReadOnlyList<double> Mean { get; init; }

    /// <summary>Divides the values after that, one for each channel.</summary>
    public required IReadOnlyList<double> Std { get; init; }

    /// <summary>The layer that gives the features, such as <c>pool_3</c>.</summary>
    public required string Layer { get; init; }

    /// <summary>Number of features.</summary>
    public required int FeatureDim { get; init; }

    /// <summary>Number of logits; 0 if the network gives none.</summary>
    public int LogitsDim { get; init; }

    /// <summary>Number of spatial features, those of sfid; null if the network gives none.</summary>
    public int? SpatialDim { get; init; }

    /// <summary>The layer that gives the spatial features, such as <c>mixed_6/conv, channels 0 to 6</c>; null without them.</summary>
    public string? SpatialLayer { get; init; }

    /// <summary>SHA-256 of the network's file.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Reads the form that <see cref="ToJson"/> writes.</summary>
    /// <exception cref="InvalidDataException">The text is no protocol; one line.</exception>
    public static FeatureProtocol FromJson(string text)
    {
        try
        {
            var protocol = JsonSerializer.Deserialize<FeatureProtocol>(text, s_json) ?? throw new JsonException("it is null");
            protocol.Validate();
            return protocol;
        }
        catch (Exception error) when (error is JsonException or InvalidInputException)
        {
            throw new InvalidDataException($"the feature protocol is not valid: {error.Message.Split('\n')[0]}", error);
        }
    }

    /// <summary>JSON in snake case; equal protocols give equal text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    /// <summary>Whether both turn the same images into the same features.</summary>
    public bool IsSameAs(FeatureProtocol other) => ToJson() == other.ToJson();

    /// <summary>The first field in which two protocols differ, as files and messages spell it, with both values; null for equal ones.</summary>
    internal (string Field, string Own, string Other)? Difference(FeatureProtocol other)
    {
        var (own, others) = (Fields(), other.Fields());
        var order = own.Select(f => f.Key).Concat(others.Select(f => f.Key));
        return order.Where(field => Text(own, field) != Text(others, field)).Select(field => (field, Text(own, field), Text(others, field)))
            .Cast<(string, string, string)?>().FirstOrDefault();

        static string Text(JsonObject fields, string field) => fields[field] is { } value ? (value as JsonValue)?.ToString() ?? value.ToJsonString() : "none";
    }

    /// <summary>Checks the values.</summary>
    /// <exception cref="InvalidInputException">One is out of range; one line.</exception>
    public void Validate()
    {
        Require(Name.Length > 0, "name is empty");
        Require(Channels is 1 or 3, $"channels {Channels}: must be 1 or 3");
        Require(Height is null or > 0 && Width is null or > 0 && Height is null == Width is null, "height and width must be both positive or both absent");
        Require(Height is not null || Resize == ResizeRule.None, "a resize rule needs height and width");
        Require(Mean.Count == Channels && Std.Count == Channels, $"mean and std need {Channels} values");
        Require(Mean.All(double.IsFinite) && Std.All(s => double.IsFinite(s) && s > 0), "mean and std must be finite and std positive");
        Require(FeatureDim > 0 && LogitsDim >= 0, $"feature_dim {FeatureDim} must be positive and logits_dim {LogitsDim} not negative");
        Require(SpatialDim is null or > 0 && SpatialDim is null == SpatialLayer is null, "spatial_dim must be positive and come with spatial_layer");
    }

    private JsonObject Fields() => JsonSerializer.SerializeToNode(this, s_json)!.AsObject();

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidInputException($"feature protocol: {message}");
        }
    }
}
