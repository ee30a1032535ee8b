using System.Text.Json;
using System.Text.Json.Serialization;

namespace DiffuSharp.Networks.Classifiers;

/// <summary>What a classifier is and how good it is: all but the weights.</summary>
public sealed record ClassifierDescription
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Architecture and size.</summary>
    public required ClassifierOptions Network { get; init; }

    /// <summary>Names of the classes, or null.</summary>
    public IReadOnlyList<string>? LabelNames { get; init; }

    /// <summary>What it was trained on.</summary>
    public string? Dataset { get; init; }

    /// <summary>Passes over the training images.</summary>
    public int? Epochs { get; init; }

    /// <summary>Seed of weights, order and augmentation.</summary>
    public int? Seed { get; init; }

    /// <summary>What its accuracy was measured on; those images were never trained on.</summary>
    public string? TestDataset { get; init; }

    /// <summary>Images of the test.</summary>
    public int? TestImages { get; init; }

    /// <summary>Top-1 accuracy on them, 0 to 1.</summary>
    public double? TestAccuracy { get; init; }

    /// <summary>Reads the form that <see cref="ToJson"/> writes.</summary>
    /// <exception cref="InvalidDataException">The text is no classifier description.</exception>
    public static ClassifierDescription FromJson(string text)
    {
        try
        {
            var description = JsonSerializer.Deserialize<ClassifierDescription>(text, s_json)
                ?? throw new InvalidDataException("the classifier description is empty");
            description.Network.Validate();
            return description;
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or InvalidInputException)
        {
            throw new InvalidDataException($"the classifier description is not valid: {error.Message}", error);
        }
    }

    /// <summary>JSON in snake case.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_json);
}
