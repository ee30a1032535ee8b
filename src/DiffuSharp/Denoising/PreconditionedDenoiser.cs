using DiffuSharp.Schedules;
using DiffuSharp.Torch;

namespace DiffuSharp.Denoising;

/// <summary>A network with a preconditioning as denoiser: D(x; σ) = c_skip x + c_out F(c_in x; c_noise) (EDM, eq. 7).</summary>
/// <param name="network">F.</param>
/// <param name="preconditioning">The four coefficients.</param>
public sealed class PreconditionedDenoiser(INetwork network, Preconditioning preconditioning) : IVarianceDenoiser
{
    private long _evaluations;

    /// <summary>F.</summary>
    public INetwork Network { get; } = network;

    /// <summary>The four coefficients.</summary>
    public Preconditioning Preconditioning { get; } = preconditioning;

    /// <inheritdoc/>
    public ImageShape Shape => Network.Shape;

    /// <inheritdoc/>
    public int LabelDim => Network.LabelDim;

    /// <inheritdoc/>
    public double SigmaMin => Preconditioning.SigmaMin;

    /// <inheritdoc/>
    public double SigmaMax => Preconditioning.SigmaMax;

    /// <inheritdoc/>
    public DiscreteNoiseSchedule? Process => Preconditioning.Process;

    /// <inheritdoc/>
    public Device Device => Network.Device;

    /// <inheritdoc/>
    public long Evaluations => Interlocked.Read(ref _evaluations);

    /// <inheritdoc/>
    public bool PredictsVariance => Preconditioning.OutputFactor > 1;

    /// <inheritdoc/>
    public double RoundSigma(double sigma) => Preconditioning.RoundSigma(sigma);

    /// <inheritdoc/>
    public Tensor Denoise(Tensor x, Tensor sigma, Condition? condition = null)
    {
        using var scope = torch.NewDisposeScope();
        return Evaluate(x, sigma, condition).Denoised.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public (Tensor Denoised, Tensor Variance) DenoiseWithVariance(Tensor x, Tensor sigma, Condition? condition = null)
    {
        using var scope = torch.NewDisposeScope();
        var (denoised, output) = Evaluate(x, sigma, condition);
        var variance = output.narrow(1, Shape.Channels, Shape.Channels);
        return (denoised.MoveToOuterDisposeScope(), variance.MoveToOuterDisposeScope());
    }

    private (Tensor Denoised, Tensor Output) Evaluate(Tensor x, Tensor sigma, Condition? condition)
    {
        var batch = x.size(0);
        var device = Device;
        var type = Network.Dtype;
        x = x.to(device, type);
        sigma = sigma.to(device, type).reshape(-1, 1, 1, 1);
        var labels = condition?.Labels?.to(device, type);
        if (labels is null && LabelDim > 0)
        {
            labels = torch.zeros([batch, LabelDim], type, device);
        }

        var c = Preconditioning.At(sigma);
        var input = c.In is null ? x : x * c.In;
        var output = Network.Forward(input, c.Noise.reshape(-1).expand(batch), labels, condition?.Augmentation?.to(device, type));
        var main = PredictsVariance ? output.narrow(1, 0, Shape.Channels) : output;
        Interlocked.Add(ref _evaluations, batch);
        return ((c.Skip is null ? x : x * c.Skip) + (main * c.Out), output);
    }
}
