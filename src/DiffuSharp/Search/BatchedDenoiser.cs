using DiffuSharp.Denoising;
using DiffuSharp.Torch;

namespace DiffuSharp.Search;

/// <summary>Gives a network batches of a fixed size, whatever the number of particles.</summary>
internal sealed class BatchedDenoiser(IDenoiser denoiser, int batch) : WrappedDenoiser(denoiser), IVarianceDenoiser
{
    /// <summary>As the contract says, for one noise level.</summary>
    public override Tensor Denoise(Tensor x, Tensor sigma, Condition? condition = null) =>
        InBatches(x, condition, (part, labels) => [Inner.Denoise(part, sigma, labels)])[0];

    /// <summary>As the contract says, for one noise level.</summary>
    public (Tensor Denoised, Tensor Variance) DenoiseWithVariance(Tensor x, Tensor sigma, Condition? condition = null)
    {
        var outputs = InBatches(x, condition, (part, labels) =>
        {
            var (denoised, variance) = InnerWithVariance(part, sigma, labels);
            return [denoised, variance];
        });
        return (outputs[0], outputs[1]);
    }

    private Tensor[] InBatches(Tensor x, Condition? condition, Func<Tensor, Condition?, Tensor[]> evaluate)
    {
        if (x.size(0) <= batch)
        {
            return evaluate(x, condition);
        }

        using var scope = torch.NewDisposeScope();
        var parts = new List<Tensor[]>();
        for (long start = 0; start < x.size(0); start += batch)
        {
            var length = Math.Min(batch, x.size(0) - start);
            var labels = condition is null ? null : new Condition(
                condition.Labels?.narrow(0, start, length), condition.Augmentation?.narrow(0, start, length));
            parts.Add(evaluate(x.narrow(0, start, length), labels));
        }

        return [.. parts[0].Select((_, k) => torch.cat([.. parts.Select(part => part[k])]).MoveToOuterDisposeScope())];
    }
}
