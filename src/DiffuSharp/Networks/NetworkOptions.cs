using System.Text.Json.Serialization;

namespace DiffuSharp.Networks;

/// <summary>Options common to all networks; JSON names are those of the published configurations (snake case).</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "model_type")]
[JsonDerivedType(typeof(SongUNetOptions), "SongUNet")]
[JsonDerivedType(typeof(DhariwalUNetOptions), "DhariwalUNet")]
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

    /// <summary>Channels at multiplier 1.</summary>
    public abstract int ModelChannels { get; init; }

    /// <summary>Channel multiplier of each level, from the full resolution down.</summary>
    public abstract IReadOnlyList<int> ChannelMult { get; init; }

    /// <summary>Width of the embedding over <see cref="ModelChannels"/>.</summary>
    public int ChannelMultEmb { get; init; } = 4;

    /// <summary>Residual blocks for each level.</summary>
    public abstract int NumBlocks { get; init; }

    /// <summary>Heights of feature maps at which the blocks have self-attention.</summary>
    public abstract IReadOnlyList<int> AttnResolutions { get; init; }

    /// <summary>Dropout probability of the blocks.</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>Size of an image.</summary>
    [JsonIgnore]
    public ImageShape Shape => new(ImgChannels, ImgHeight, ImgWidth);

    /// <summary>Checks the options.</summary>
    /// <exception cref="InvalidInputException">One line that names the option.</exception>
    public virtual void Validate()
    {
        Require(ImgChannels is >= 1 and <= 1024, $"img_channels {ImgChannels} must be positive");
        Require(ChannelMult.Count is >= 1 and <= 12 && ChannelMult.All(m => m is >= 1 and <= 64), "channel_mult must be a list of positive numbers");
        var divisor = 1 << (ChannelMult.Count - 1);
        Require(
            ImgHeight > 0 && ImgWidth > 0 && ImgHeight % divisor == 0 && ImgWidth % divisor == 0 && Math.Max(ImgHeight, ImgWidth) <= 1 << 16,
            $"the image size {ImgHeight}x{ImgWidth} must be divisible by {divisor} for {ChannelMult.Count} levels");
        Require(ModelChannels is >= 4 and <= 1 << 16 && ModelChannels % 4 == 0, $"model_channels {ModelChannels} must be a multiple of 4");
        Require(NumBlocks is >= 1 and <= 256, $"num_blocks {NumBlocks} must be positive");
        Require(ChannelMultEmb is >= 1 and <= 64, $"channel_mult_emb {ChannelMultEmb} must be positive");
        Require(LabelDim is >= 0 and <= 1 << 20 && AugmentDim is >= 0 and <= 1 << 10, "label_dim and augment_dim must not be negative");
        Require(Dropout is >= 0 and < 1, $"dropout {Dropout} must lie in [0, 1)");
        Require(LabelDropout is >= 0 and <= 1, $"label_dropout {LabelDropout} must lie in [0, 1]");
        Require(ChannelMult.All(m => ModelChannels * m % Math.Min(32, ModelChannels * m / 4) == 0), "the channels of each level must be divisible by their norm groups");
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
