using DiffuSharp.Torch;

namespace DiffuSharp.Denoising;

/// <summary>A raw network F as a preconditioning wraps it.</summary>
public interface INetwork
{
    /// <summary>Size of an image.</summary>
    ImageShape Shape { get; }

    /// <summary>Length of a class label; 0 for an unconditional network.</summary>
    int LabelDim { get; }

    /// <summary>Where the parameters are.</summary>
    Device Device { get; }

    /// <summary>Precision of the parameters and of what goes in.</summary>
    ScalarType Dtype => ScalarType.Float32;

    /// <summary>F(x; c_noise, labels).</summary>
    /// <param name="x">[N,C,H,W], of the network's precision.</param>
    /// <param name="noise">c_noise [N], likewise.</param>
    /// <param name="labels">[N, label_dim], or null for an unconditional network.</param>
    /// <param name="augmentation">[N, augment_dim], or null for none.</param>
    /// <returns>[N, out_channels, H, W].</returns>
    Tensor Forward(Tensor x, Tensor noise, Tensor? labels, Tensor? augmentation);
}
