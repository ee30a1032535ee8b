using DiffuSharp.Denoising;
using DiffuSharp.Torch;

namespace DiffuSharp.Search;

/// <summary>Gives a network batches of a fixed size, whatever the number of particles.</summary>
internal sealed class BatchedDenoiser(IDenoiser denoiser, int batch) : WrappedDenoiser(denoiser)
{
    /// <summary>As the contract says, for one noise level.</summary>
    public override Tensor Denoise(Tensor x, Tensor sigma, Condition? condition = null)
    {
        if (x.size(0) <= batch)
        {
            return Inner.Denoise(x, sigma, condition);
        }

        using var scope = torch.NewDisposeScope();
        var parts = new List<Tensor>();
        for (long start = 0; start < x.size(0); start += batch)
        {
            var length = Math.Min(batch, x.size(0) - start);
            var part = condition is null ? null : new Condition(
                condition.Labels?.narrow(0, start, length), condition.Augmentation?.narrow(0, start, length));
            parts.Add(Inner.Denoise(x.narrow(0, start, length), sigma, part));
        }

        return torch.cat([.. parts]).MoveToOuterDisposeScope();
    }
}
