using System.Text.Json.Serialization;

namespace DiffuSharp.Networks.Classifiers;

/// <summary>Size of a <see cref="MixerClassifier"/>; its features are as many as its channels.</summary>
public sealed record MixerClassifierOptions : ClassifierOptions
{
    /// <summary>Name of the architecture.</summary>
    public const string Name = "mixer";

    /// <summary>Side of the patches that become one pixel; divides the image size.</summary>
    public int Patch { get; init; } = 2;

    /// <summary>Number of blocks.</summary>
    public int Depth { get; init; } = 4;

    /// <summary>Side of the depthwise kernels, odd.</summary>
    public int Kernel { get; init; } = 5;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Architecture => Name;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Require(Patch >= 1 && ImgHeight % Patch == 0 && ImgWidth % Patch == 0, $"patch {Patch} must divide the image size {ImgHeight}x{ImgWidth}");
        Require(Depth is >= 1 and <= 64, $"depth {Depth} must be positive");
        Require(Kernel is >= 1 and <= 31 && Kernel % 2 == 1, $"kernel {Kernel} must be odd");
    }
}
