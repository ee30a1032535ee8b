using DiffuSharp.Torch;

namespace DiffuSharp.Denoising;

/// <summary>A denoiser whose network may also predict the variances of the reverse process (Nichol and Dhariwal 2021, section 3.1).</summary>
public interface IVarianceDenoiser : IDenoiser
{
    /// <summary>Whether the network has the outputs for the variances.</summary>
    bool PredictsVariance { get; }

    /// <summary>The expected clean images and what the network says of the variances; only if <see cref="PredictsVariance"/>.</summary>
    /// <param name="x">Noisy images [N,C,H,W], any floating-point type.</param>
    /// <param name="sigma">Noise levels [N] or [1], float64.</param>
    /// <param name="condition">Labels; null for none.</param>
    /// <returns>D and v, [N,C,H,W] each; v is nominally in [−1, 1]: −1 stands for β̃_t, 1 for β_t, between them ln variance is
    /// linear.</returns>
    (Tensor Denoised, Tensor Variance) DenoiseWithVariance(Tensor x, Tensor sigma, Condition? condition = null);
}
