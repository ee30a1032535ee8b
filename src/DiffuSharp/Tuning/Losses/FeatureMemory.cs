using DiffuSharp.Torch;

namespace DiffuSharp.Tuning.Losses;

/// <summary>
/// Features of the images of earlier steps, the newest ones. As the parameters of a sampler move little from step to step, they tell the statistics
/// of its samples nearly as well as images of the present step, and cost nothing.
/// </summary>
/// <param name="capacity">Rows that are kept; 0 for none.</param>
public sealed class FeatureMemory(int capacity) : IDisposable
{
    private Tensor? _rows;

    /// <summary>Rows that are kept at most.</summary>
    public int Capacity => capacity;

    /// <summary>[n,d], float64, oldest first; null while there are none.</summary>
    public Tensor? Rows => _rows;

    /// <summary>Remembered rows and new ones, in a tensor of the caller's scope.</summary>
    /// <param name="features">[n,d], float64.</param>
    public Tensor With(Tensor features) => _rows is null ? features : torch.cat([_rows, features]);

    /// <summary>Adds rows and forgets the oldest beyond the capacity.</summary>
    /// <param name="features">[n,d], float64.</param>
    public void Add(Tensor features)
    {
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var all = With(features);
        var kept = Math.Min(all.size(0), capacity);
        Restore(kept == 0 ? null : all.narrow(0, all.size(0) - kept, kept));
    }

    /// <summary>Goes back to rows that were kept.</summary>
    /// <param name="rows">[n,d], float64, copied; null for none.</param>
    public void Restore(Tensor? rows)
    {
        var copy = rows?.detach().clone().DetachFromDisposeScope();
        _rows?.Dispose();
        _rows = copy;
    }

    /// <summary>Frees the rows.</summary>
    public void Dispose() => _rows?.Dispose();
}
