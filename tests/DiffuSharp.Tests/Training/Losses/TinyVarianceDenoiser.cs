using DiffuSharp.Denoising;
using DiffuSharp.Tests.Denoising;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Training.Losses;

/// <summary>A network of four numbers in float64 that predicts image and variance.</summary>
internal sealed class TinyVarianceDenoiser(ImageShape shape) : FormulaDenoiser(shape), IVarianceDenoiser, IDisposable
{
    public Tensor Weights { get; } =
        torch.tensor(new[] { 0.4, -0.1, 0.3, 0.2 }).DetachFromDisposeScope().requires_grad_();

    public bool PredictsVariance => true;

    public (Tensor Denoised, Tensor Variance) DenoiseWithVariance(Tensor x, Tensor sigma, Condition? condition = null)
    {
        var level = sigma.reshape(-1, 1, 1, 1);
        var input = x / (level.square() + 1).sqrt();
        return ((input * Weights[0]) + (input.tanh() * Weights[1]), (input * Weights[2] + Weights[3]).tanh());
    }

    public void Dispose() => Weights.Dispose();

    protected override Tensor Expected(Tensor x, Tensor sigma, Condition? condition) => DenoiseWithVariance(x, sigma, condition).Denoised;
}
