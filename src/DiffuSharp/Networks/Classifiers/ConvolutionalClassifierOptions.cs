using System.Text.Json.Serialization;

namespace DiffuSharp.Networks.Classifiers;

/// <summary>Size of a <see cref="ConvolutionalClassifier"/>; the defaults take 1 MB.</summary>
public sealed record ConvolutionalClassifierOptions : ClassifierOptions
{
    /// <summary>Name of the architecture.</summary>
    public const string Name = "convolutional";

    /// <summary>Channels of each level, multiples of 8; the resolution halves between levels.</summary>
    public IReadOnlyList<int> Channels { get; init; } = [32, 64, 112];

    /// <summary>Convolutions of each level.</summary>
    public IReadOnlyList<int> Convolutions { get; init; } = [1, 2, 2];

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Architecture => Name;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Require(Channels.Count is >= 1 and <= 8 && Channels.Count == Convolutions.Count, "channels and convolutions need one number for each level");
        Require(Channels.All(c => c is >= 8 and <= 4096 && c % 8 == 0), "channels must be multiples of 8");
        Require(Convolutions.All(n => n is >= 1 and <= 64), "convolutions must be positive");
        Require(Math.Min(ImgHeight, ImgWidth) >> (Channels.Count - 1) > 0, $"{ImgHeight}x{ImgWidth} images are too small for {Channels.Count} levels");
    }
}
