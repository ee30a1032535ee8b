using DiffuSharp.Torch;

namespace DiffuSharp.Metrics;

/// <summary>
/// Mean and covariance of features that come in batches, in float64 and in d² memory. Batches are joined by the pairwise update of
/// Chan, Golub and LeVeque (1979), which does not cancel as Σxxᵀ − N μμᵀ does. Whatever the batches, the result is the same but for rounding.
/// </summary>
public sealed class FeatureMoments : IDisposable
{
    private Tensor? _mean;
    private Tensor? _scatter;

    /// <summary>Rows so far.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a batch.</summary>
    /// <param name="features">[n,d] of any floating-point type.</param>
    /// <exception cref="InvalidInputException">Another d than before, or values that are not finite.</exception>
    public void Add(Tensor features)
    {
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        FeatureChecks.RequireFinite(features, Count);
        var rows = features.to(Device.CPU, ScalarType.Float64);
        var (n, d) = (rows.size(0), rows.size(1));
        _mean ??= torch.zeros([d], ScalarType.Float64).DetachFromDisposeScope();
        _scatter ??= torch.zeros([d, d], ScalarType.Float64).DetachFromDisposeScope();
        if (d != _mean.size(0))
        {
            throw new InvalidInputException($"features: {d} in this batch, {_mean.size(0)} in those before");
        }

        if (n == 0)
        {
            return;
        }

        var batchMean = rows.mean([0]);
        var step = batchMean - _mean;
        var between = (step * Math.Sqrt((double)Count * n / (Count + n))).unsqueeze(0);
        var centred = torch.cat([rows - batchMean, between]);
        _scatter.addmm_(centred.transpose(0, 1), centred);
        _mean.add_(step, (double)n / (Count + n));
        Count += n;
    }

    /// <summary>What has been added so far.</summary>
    /// <exception cref="InvalidInputException">Fewer than two rows.</exception>
    public FeatureStatistics ToStatistics()
    {
        if (Count < 2)
        {
            throw new InvalidInputException($"{Count} images: a covariance takes at least 2");
        }

        using var scope = torch.NewDisposeScope();
        var symmetric = (_scatter! + _scatter!.transpose(0, 1)) / (2.0 * (Count - 1));
        return new FeatureStatistics(_mean!.clone(), symmetric, Count);
    }

    /// <summary>Frees the sums.</summary>
    public void Dispose()
    {
        _mean?.Dispose();
        _scatter?.Dispose();
    }
}
