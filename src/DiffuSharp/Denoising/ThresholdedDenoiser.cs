using DiffuSharp.Torch;

namespace DiffuSharp.Denoising;

/// <summary>
/// Dynamic thresholding (Saharia et al. 2022, section 2.3): each predicted clean image is limited to ±s and divided by s, the given quantile of its absolute
/// values, which counts between 1 and a largest threshold.
/// </summary>
/// <param name="denoiser">The denoiser that is limited; the caller keeps it.</param>
/// <param name="ratio">The quantile, 0 to 1; between two values it is interpolated linearly.</param>
/// <param name="max">Largest threshold, at least 1.</param>
public sealed class ThresholdedDenoiser(IDenoiser denoiser, double ratio, double max) : WrappedDenoiser(denoiser), IVarianceDenoiser
{
    /// <inheritdoc/>
    public override Tensor Denoise(Tensor x, Tensor sigma, Condition? condition = null)
    {
        using var scope = torch.NewDisposeScope();
        return Limited(Inner.Denoise(x, sigma, condition)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public (Tensor Denoised, Tensor Variance) DenoiseWithVariance(Tensor x, Tensor sigma, Condition? condition = null)
    {
        using var scope = torch.NewDisposeScope();
        var (denoised, variance) = InnerWithVariance(x, sigma, condition);
        return (Limited(denoised).MoveToOuterDisposeScope(), variance.MoveToOuterDisposeScope());
    }

    private Tensor Limited(Tensor images)
    {
        var values = images.flatten(1).abs();
        var place = ratio * (values.size(1) - 1);
        var below = (long)Math.Floor(place);
        var low = values.kthvalue(below + 1, 1).Values;
        var high = values.kthvalue((long)Math.Ceiling(place) + 1, 1).Values;
        var s = (low + ((high - low) * (place - below))).clamp(1, max).reshape([-1, 1, 1, 1]);
        return images.minimum(s).maximum(s * -1) / s;
    }
}
