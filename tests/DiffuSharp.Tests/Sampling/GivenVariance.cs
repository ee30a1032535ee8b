using DiffuSharp.Denoising;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Sampling;

/// <summary>A denoiser that says the same of every variance.</summary>
internal sealed class GivenVariance(GaussianDenoiser exact, double fraction) : WrappedDenoiser(exact), IVarianceDenoiser
{
    public override bool PredictsVariance => true;

    public override Tensor Denoise(Tensor x, Tensor sigma, Condition? condition = null) => Inner.Denoise(x, sigma, condition);

    public (Tensor Denoised, Tensor Variance) DenoiseWithVariance(Tensor x, Tensor sigma, Condition? condition = null) =>
        (Denoise(x, sigma, condition), torch.full(x.shape, fraction, ScalarType.Float64));
}
