using DiffuSharp.Schedules;
using DiffuSharp.Torch;

namespace DiffuSharp.Denoising;

/// <summary>Another denoiser, called in another way; size, levels and count are those of the other.</summary>
/// <param name="denoiser">The other denoiser; the caller keeps it.</param>
public abstract class WrappedDenoiser(IDenoiser denoiser) : IDenoiser
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
    public DiscreteNoiseSchedule? Process => denoiser.Process;

    /// <inheritdoc/>
    public Device Device => denoiser.Device;

    /// <inheritdoc/>
    public long Evaluations => denoiser.Evaluations;

    /// <summary>Whether the other denoiser predicts variances.</summary>
    public virtual bool PredictsVariance => denoiser is IVarianceDenoiser { PredictsVariance: true };

    /// <summary>The other denoiser.</summary>
    private protected IDenoiser Inner => denoiser;

    /// <inheritdoc/>
    public int EvaluationsAt(double sigma) => denoiser.EvaluationsAt(sigma);

    /// <inheritdoc/>
    public double RoundSigma(double sigma) => denoiser.RoundSigma(sigma);

    /// <inheritdoc/>
    public abstract Tensor Denoise(Tensor x, Tensor sigma, Condition? condition = null);

    /// <summary>Images and variances of the other denoiser, where it <see cref="PredictsVariance"/>.</summary>
    private protected (Tensor Denoised, Tensor Variance) InnerWithVariance(Tensor x, Tensor sigma, Condition? condition) =>
        ((IVarianceDenoiser)denoiser).DenoiseWithVariance(x, sigma, condition);
}
