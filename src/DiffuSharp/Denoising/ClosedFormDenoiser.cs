using DiffuSharp.Torch;

namespace DiffuSharp.Denoising;

/// <summary>
/// A denoiser given by a formula instead of a network: unconditional, for every noise level, float64.
/// A derived class gives the formula.
/// </summary>
public abstract class ClosedFormDenoiser : IDenoiser
{
    private long _evaluations;

    /// <summary>Takes the size of an image and where it computes.</summary>
    private protected ClosedFormDenoiser(ImageShape shape, Device device) => (Shape, Device) = (shape, device);

    /// <inheritdoc/>
    public ImageShape Shape { get; }

    /// <inheritdoc/>
    public int LabelDim => 0;

    /// <inheritdoc/>
    public double SigmaMin => 0;

    /// <inheritdoc/>
    public double SigmaMax => double.PositiveInfinity;

    /// <inheritdoc/>
    public Device Device { get; }

    /// <inheritdoc/>
    public long Evaluations => Interlocked.Read(ref _evaluations);

    /// <inheritdoc/>
    public double RoundSigma(double sigma) => sigma;

    /// <inheritdoc/>
    public Tensor Denoise(Tensor x, Tensor sigma, Condition? condition = null)
    {
        using var scope = torch.NewDisposeScope();
        var flat = x.to(Device, ScalarType.Float64).flatten(1);
        var noise = sigma.to(Device, ScalarType.Float64).reshape(-1, 1).square();
        var denoised = Expected(flat, noise);
        Interlocked.Add(ref _evaluations, x.size(0));
        return denoised.reshape(x.shape).MoveToOuterDisposeScope();
    }

    /// <summary>The formula.</summary>
    /// <param name="x">Noisy images [N, C·H·W].</param>
    /// <param name="noise">σ² [N, 1] or [1, 1].</param>
    /// <returns>[N, C·H·W].</returns>
    private protected abstract Tensor Expected(Tensor x, Tensor noise);

    /// <summary>Numbers of the formula as a tensor that is kept until it is disposed of.</summary>
    private protected Tensor Held(double[] values, params long[] size) =>
        torch.tensor(values, size, device: Device).DetachFromDisposeScope();
}
