using DiffuSharp.Torch;

namespace DiffuSharp.Sampling;

/// <summary>Unit normal draws for a batch of images, in the order in which a sampler asks for them.</summary>
public interface INoiseSource
{
    /// <summary>The next draw for every image: [N,C,H,W], float64, CPU.</summary>
    Tensor Next();
}
