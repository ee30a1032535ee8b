using DiffuSharp.Torch;

namespace DiffuSharp.Metrics.Features;

/// <summary>A network that turns images into features, with the protocol that makes its numbers comparable.</summary>
public interface IFeatureExtractor : IDisposable
{
    /// <summary>Input, layer and hash of the network.</summary>
    FeatureProtocol Protocol { get; }

    /// <summary>Names of the classes whose logits it gives; null where unknown.</summary>
    IReadOnlyList<string>? ClassNames => null;

    /// <summary>Features and logits, on the CPU.</summary>
    /// <param name="pixels">uint8 [N,C,H,W]: quantised by the rule of <see cref="Data.PixelRange"/> before any protocol.</param>
    /// <exception cref="InvalidInputException">The protocol does not take such images.</exception>
    FeatureBatch Extract(Tensor pixels);

    /// <summary>Features of images that are not quantised, differentiable, on the network's device; for losses.</summary>
    /// <param name="images">[N,C,H,W]; values beyond [−1, 1] are limited, with a gradient of 1.</param>
    /// <returns>float32 [N,d].</returns>
    /// <exception cref="InvalidInputException">The protocol does not take such images.</exception>
    Tensor Features(Tensor images);
}
