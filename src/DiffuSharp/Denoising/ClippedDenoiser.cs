using DiffuSharp.Torch;

namespace DiffuSharp.Denoising;

/// <summary>A denoiser whose clean images are limited to the range of the data, as DDPM's sampler does (Ho et al. 2020, released code).</summary>
/// <param name="denoiser">The denoiser that is limited; the caller keeps it.</param>
/// <param name="min">Smallest value of a pixel.</param>
/// <param name="max">Largest value of a pixel.</param>
public sealed class ClippedDenoiser(IDenoiser denoiser, double min = -1, double max = 1) : IDenoiser
{
    /// <inheritdoc/>
    public ImageShape Shape => denoiser.Shape;

    /// <inheritdoc/>
    public int LabelDim => denoiser.LabelDim;

    /// <inheritdoc/>
    public double SigmaMin => denoiser.SigmaMin;

    /// <inheritdoc/>
    public double SigmaMax => denoiser.SigmaMax;

    /// <inheritdoc/>
    public Device Device => denoiser.Device;

    /// <inheritdoc/>
    public long Evaluations => denoiser.Evaluations;

    /// <inheritdoc/>
    public int EvaluationsAt(double sigma) => denoiser.EvaluationsAt(sigma);

    /// <inheritdoc/>
    public double RoundSigma(double sigma) => denoiser.RoundSigma(sigma);

    /// <inheritdoc/>
    public Tensor Denoise(Tensor x, Tensor sigma, Condition? condition = null)
    {
        using var scope = torch.NewDisposeScope();
        return denoiser.Denoise(x, sigma, condition).clamp(min, max).MoveToOuterDisposeScope();
    }
}
