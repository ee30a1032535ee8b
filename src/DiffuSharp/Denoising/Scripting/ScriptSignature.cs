using System.Text.Json;
using System.Text.Json.Serialization;

namespace DiffuSharp.Denoising.Scripting;

/// <summary>
/// What a TorchScript network computes: <c>forward(x, noise)</c> or, with classes, <c>forward(x, noise, labels)</c>. x is float32 [N,C,H,W] and
/// noise [N]; both are what the preconditioning gives, and it makes D of the result. <see cref="ScriptDescription"/> says where its file lies.
/// </summary>
public sealed record ScriptSignature
{
    private const int LargestFile = 1 << 20;

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
    };

    /// <summary>C.</summary>
    public required int ImgChannels { get; init; }

    /// <summary>H.</summary>
    public required int ImgHeight { get; init; }

    /// <summary>W.</summary>
    public required int ImgWidth { get; init; }

    /// <summary>Number of classes; 0 for a network without.</summary>
    public int LabelDim { get; init; }

    /// <summary>Form of the classes.</summary>
    public ScriptLabels Labels { get; init; }

    /// <summary>For <see cref="ScriptLabels.Index"/>, the index that stands for no class; null if the network knows none.</summary>
    public long? NoClassIndex { get; init; }

    /// <summary>Whether the network takes its noise argument as int64 (discrete timesteps) instead of float32.</summary>
    public bool IntegerNoise { get; init; }

    /// <summary>What the network predicts and how it is told of the noise level.</summary>
    public required Preconditioning Preconditioning { get; init; }

    /// <summary>Reads a description.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not valid; one line.</exception>
    public static ScriptSignature Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length > LargestFile)
            {
                throw new InvalidDataException("is too large");
            }

            var signature = JsonSerializer.Deserialize<ScriptSignature>(File.ReadAllBytes(path), s_json) ?? throw new InvalidDataException("is empty");
            signature.Validate();
            return signature;
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or InvalidDataException or InvalidInputException)
        {
            throw new InvalidDataException($"{path}: no description of a TorchScript network: {error.Message}", error);
        }
    }

    /// <summary>JSON with snake-case names.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    /// <summary>Checks the options.</summary>
    /// <exception cref="InvalidInputException">One line that names the option.</exception>
    public void Validate()
    {
        const int Largest = 1 << 16;
        if (ImgChannels is < 1 or > Largest || ImgHeight is < 1 or > Largest || ImgWidth is < 1 or > Largest || LabelDim < 0)
        {
            throw new InvalidInputException("img_channels, img_height and img_width must be positive, label_dim must not be negative");
        }

        Preconditioning.Validate();
        if (IntegerNoise && Preconditioning is not (DiscretePreconditioning { Continuous: false } or IddpmPreconditioning))
        {
            throw new InvalidInputException("integer_noise is for discrete preconditionings (ddpm, iddpm) only");
        }
    }
}
