using System.Text.Json.Serialization;
using DiffuSharp.Networks.Diffusers;

namespace DiffuSharp.Networks;

/// <summary>Options common to all networks; JSON names are those of the published configurations (snake case).</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "model_type")]
[JsonDerivedType(typeof(SongUNetOptions), "SongUNet")]
[JsonDerivedType(typeof(DhariwalUNetOptions), "DhariwalUNet")]
[JsonDerivedType(typeof(UNet2DModelOptions), "UNet2DModel")]
public abstract record NetworkOptions
{
    /// <summary>1 for grey, 3 for RGB.</summary>
    public required int ImgChannels { get; init; }

    /// <summary>Rows; divisible by 2^(levels − 1).</summary>
    public required int ImgHeight { get; init; }

    /// <summary>Columns; divisible by 2^(levels − 1).</summary>
    public required int ImgWidth { get; init; }

    /// <summary>Length of a class label; 0 for none.</summary>
    public int LabelDim { get; init; }

    /// <summary>Length of an augmentation label; 0 for none.</summary>
    public int AugmentDim { get; init; }

    /// <summary>Probability with which a label is dropped in training (for classifier-free guidance).</summary>
    public double LabelDropout { get; init; }

    /// <summary>Dropout probability of the blocks.</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>Size of an image.</summary>
    [JsonIgnore]
    public ImageShape Shape => new(ImgChannels, ImgHeight, ImgWidth);

    /// <summary>2^(levels − 1), the factor between the largest and the smallest feature maps.</summary>
    [JsonIgnore]
    public abstract int Divisor { get; }

    /// <summary>Checks the options.</summary>
    /// <exception cref="InvalidInputException">One line that names the option.</exception>
    public virtual void Validate()
    {
        Require(ImgChannels is >= 1 and <= 1024, $"img_channels {ImgChannels} must be positive");
        Require(
            ImgHeight > 0 && ImgWidth > 0 && ImgHeight % Divisor == 0 && ImgWidth % Divisor == 0 && Math.Max(ImgHeight, ImgWidth) <= 1 << 16,
            $"the image size {ImgHeight}x{ImgWidth} must be divisible by {Divisor}");
        Require(LabelDim is >= 0 and <= 1 << 20 && AugmentDim is >= 0 and <= 1 << 10, "label_dim and augment_dim must not be negative");
        Require(Dropout is >= 0 and < 1, $"dropout {Dropout} must lie in [0, 1)");
        Require(LabelDropout is >= 0 and <= 1, $"label_dropout {LabelDropout} must lie in [0, 1]");
    }

    /// <summary>Throws one line when a condition does not hold.</summary>
    protected static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidInputException($"network options: {message}");
        }
    }
}
