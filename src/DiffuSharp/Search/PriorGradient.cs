using DiffuSharp.Denoising;
using DiffuSharp.Sampling;
using DiffuSharp.Torch;

namespace DiffuSharp.Search;

/// <summary>
/// The gradient of a function of the sample with respect to the prior noise, row by row from the last: only the states are kept, and every evaluation is repeated when its
/// vector-Jacobian product is needed. One image costs its NFE in evaluations again, and as many backward passes.
/// </summary>
internal static class PriorGradient
{
    /// <summary>Runs the sampler and pulls a cotangent of its sample back to the prior.</summary>
    /// <param name="sampler">The sampler.</param>
    /// <param name="denoiser">A denoiser that can be differentiated.</param>
    /// <param name="noise">The prior, then the draws of the noisy rows.</param>
    /// <param name="condition">Labels.</param>
    /// <param name="precision">Of the states.</param>
    /// <param name="cotangent">From the sample [N,C,H,W], what the derivative of the function is there.</param>
    /// <param name="cancellation">Stops between two rows.</param>
    /// <returns>∂/∂ξ [N,C,H,W].</returns>
    public static Tensor Compute(
        SamplerTableau sampler, IDenoiser denoiser, INoiseSource noise, Condition? condition, ScalarType precision, Func<Tensor, Tensor> cotangent,
        CancellationToken cancellation)
    {
        using var scope = torch.NewDisposeScope();
        using var mode = torch.no_grad();
        var states = new Tensor[sampler.Rows.Count];
        using var run = new SamplerRun(sampler, denoiser, noise, condition, precision)
        {
            Observer = step => states[step.Row] = step.State.alias().MoveToOuterDisposeScope(),
        };
        var sample = run.Finish(cancellation);
        var ofStates = new Tensor?[states.Length];
        var ofDenoised = new Tensor?[states.Length];
        ofStates[^1] = cotangent(sample);
        var ofPrior = torch.zeros_like(sample);
        for (var i = states.Length - 1; i >= 0; i--)
        {
            cancellation.ThrowIfCancellationRequested();
            var row = sampler.Rows[i];
            if (ofDenoised[i] is { } ofD)
            {
                Add(ofStates, i, Pull(denoiser, states[i], row.Sigma, condition, ofD), 1);
            }

            if (ofStates[i] is not { } ofX)
            {
                continue;
            }

            ofPrior = ofPrior + (ofX * row.Prior);
            foreach (var (j, coefficient) in row.States)
            {
                Add(ofStates, j, ofX, coefficient);
            }

            foreach (var (j, coefficient) in row.Denoised)
            {
                Add(ofDenoised, j, ofX, coefficient);
            }
        }

        return ofPrior.MoveToOuterDisposeScope();
    }

    private static void Add(Tensor?[] sums, int j, Tensor value, double coefficient) =>
        sums[j] = sums[j] is { } sum ? sum + (value * coefficient) : value * coefficient;

    private static Tensor Pull(IDenoiser denoiser, Tensor state, double sigma, Condition? condition, Tensor cotangent)
    {
        using var scope = torch.NewDisposeScope();
        using var mode = torch.enable_grad();
        var x = state.detach().requires_grad_();
        var denoised = denoiser.Denoise(x, torch.tensor([sigma]), condition);
        var gradient = torch.autograd.grad([denoised], [x], [cotangent.to(denoised.device, denoised.dtype)])[0];
        return (gradient ?? torch.zeros_like(state)).MoveToOuterDisposeScope();
    }
}
