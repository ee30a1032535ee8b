using System.Text.Json;
using System.Text.Json.Serialization;
using DiffuSharp.Denoising;

namespace DiffuSharp.Networks;

/// <summary>Everything but the weights that is needed to run a model.</summary>
public sealed record ModelDescription
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Architecture and size of the network.</summary>
    public required NetworkOptions Network { get; init; }

    /// <summary>How the network becomes a denoiser.</summary>
    public required Preconditioning Preconditioning { get; init; }

    /// <summary>
    /// Whether the program that the model comes from limits predicted images when it samples. A note: samplers here do so when they are asked to
    /// (<see cref="ClippedDenoiser"/>).
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ClipDenoised { get; init; }

    /// <summary>How that program does so, where it is not to [-1, 1]; a note too.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImageLimit? ClipLimit { get; init; }

    /// <summary>Names of the classes, or null.</summary>
    public IReadOnlyList<string>? LabelNames { get; init; }

    /// <summary>What the model was trained on.</summary>
    public string? Dataset { get; init; }

    /// <summary>Images seen in training, in thousands.</summary>
    public double? TrainingKimg { get; init; }

    /// <summary>Half-life of the moving average of the weights, in thousands of images.</summary>
    public double? EmaHalflifeKimg { get; init; }

    /// <summary>Measured results, such as <c>heldout_loss</c>, each with its protocol in the text.</summary>
    public IReadOnlyDictionary<string, string>? Metrics { get; init; }

    /// <summary>Reads the form that <see cref="ToJson"/> writes.</summary>
    /// <exception cref="InvalidDataException">The text is no model description.</exception>
    public static ModelDescription FromJson(string text)
    {
        try
        {
            var description = JsonSerializer.Deserialize<ModelDescription>(text, s_json)
                ?? throw new InvalidDataException("the model description is empty");
            description.Network.Validate();
            description.Preconditioning.Validate();
            description.ClipLimit?.Validate();
            return description;
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or InvalidInputException)
        {
            throw new InvalidDataException($"the model description is not valid: {error.Message}", error);
        }
    }

    /// <summary>JSON with the field's names.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_json);
}
