using DiffuSharp.Torch;

namespace DiffuSharp.Denoising;

/// <summary>A denoiser whose clean images are limited to the range of the data, as DDPM's sampler does (Ho et al. 2020, released code).</summary>
/// <param name="denoiser">The denoiser that is limited; the caller keeps it.</param>
/// <param name="min">Smallest value of a pixel.</param>
/// <param name="max">Largest value of a pixel.</param>
public sealed class ClippedDenoiser(IDenoiser denoiser, double min = -1, double max = 1) : WrappedDenoiser(denoiser), IVarianceDenoiser
{
    /// <inheritdoc/>
    public override Tensor Denoise(Tensor x, Tensor sigma, Condition? condition = null)
    {
        using var scope = torch.NewDisposeScope();
        return Inner.Denoise(x, sigma, condition).clamp(min, max).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public (Tensor Denoised, Tensor Variance) DenoiseWithVariance(Tensor x, Tensor sigma, Condition? condition = null)
    {
        using var scope = torch.NewDisposeScope();
        var (denoised, variance) = InnerWithVariance(x, sigma, condition);
        return (denoised.clamp(min, max).MoveToOuterDisposeScope(), variance.MoveToOuterDisposeScope());
    }
}
