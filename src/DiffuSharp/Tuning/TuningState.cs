using DiffuSharp.Torch;
using DiffuSharp.Torch.Optim;
using DiffuSharp.Tuning.Families;

namespace DiffuSharp.Tuning;

/// <summary>All that carries over from step to step.</summary>
internal sealed class TuningState : IDisposable
{
    /// <summary>Nothing learned yet.</summary>
    public TuningState(SamplerFamily family, double learningRate)
    {
        using var scope = torch.NewDisposeScope();
        Family = family;
        var free = family.parameters().Where(p => p.requires_grad).ToArray();
        Adam = new Adam(free, learningRate);
        Best = [.. family.named_parameters().Select(p => (p.Name, p.Value.detach().clone().DetachFromDisposeScope()))];
    }

    /// <summary>The family at its present parameters.</summary>
    public SamplerFamily Family { get; }

    /// <summary>The optimiser of the free parameters.</summary>
    public Adam Adam { get; }

    /// <summary>The parameters of the best validation metric.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> Best { get; }

    /// <summary>Steps after which they were found.</summary>
    public int BestIteration { get; set; }

    /// <summary>Steps taken.</summary>
    public int Iteration { get; set; }

    /// <summary>All entries.</summary>
    public List<TuningPoint> History { get; } = [];

    /// <summary>Keeps the present parameters as the best.</summary>
    public void MarkBest()
    {
        using var mode = torch.no_grad();
        BestIteration = Iteration;
        foreach (var ((_, kept), (_, present)) in Best.Zip(Family.named_parameters()))
        {
            kept.copy_(present);
        }
    }

    /// <summary>Goes back to the best parameters.</summary>
    public void RestoreBest()
    {
        using var mode = torch.no_grad();
        foreach (var ((_, kept), (_, present)) in Best.Zip(Family.named_parameters()))
        {
            present.copy_(kept);
        }
    }

    /// <summary>Frees moments and kept parameters; the family is the caller's.</summary>
    public void Dispose()
    {
        Adam.Dispose();
        foreach (var (_, tensor) in Best)
        {
            tensor.Dispose();
        }
    }
}
