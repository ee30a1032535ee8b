using System.Text.Json.Serialization;

namespace DiffuSharp.Networks.Classifiers;

/// <summary>Options common to all classifiers; JSON in snake case.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "model_type")]
[JsonDerivedType(typeof(ConvolutionalClassifierOptions), ConvolutionalClassifierOptions.Name)]
[JsonDerivedType(typeof(MixerClassifierOptions), MixerClassifierOptions.Name)]
public abstract record ClassifierOptions
{
    /// <summary>1 for grey, 3 for RGB.</summary>
    public required int ImgChannels { get; init; }

    /// <summary>Rows.</summary>
    public required int ImgHeight { get; init; }

    /// <summary>Columns.</summary>
    public required int ImgWidth { get; init; }

    /// <summary>Number of classes.</summary>
    public required int LabelDim { get; init; }

    /// <summary>Number of features before the last layer.</summary>
    public int FeatureDim { get; init; } = 128;

    /// <summary>Name of the architecture.</summary>
    [JsonIgnore]
    public abstract string Architecture { get; }

    /// <summary>Size of an image.</summary>
    [JsonIgnore]
    public ImageShape Shape => new(ImgChannels, ImgHeight, ImgWidth);

    /// <summary>Checks the options.</summary>
    /// <exception cref="InvalidInputException">One line that names the option.</exception>
    public virtual void Validate()
    {
        Require(ImgChannels is 1 or 3, $"img_channels {ImgChannels} must be 1 or 3");
        Require(ImgHeight is >= 1 and <= 1 << 12 && ImgWidth is >= 1 and <= 1 << 12, $"the image size {ImgHeight}x{ImgWidth} is out of range");
        Require(LabelDim is >= 2 and <= 1 << 20, $"label_dim {LabelDim} must be at least 2 classes");
        Require(FeatureDim is >= 1 and <= 1 << 14, $"feature_dim {FeatureDim} must be positive");
    }

    /// <summary>Throws one line when a condition does not hold.</summary>
    protected static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidInputException($"classifier options: {message}");
        }
    }
}
