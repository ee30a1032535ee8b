using DiffuSharp.Torch;

namespace DiffuSharp.Metrics;

/// <summary>Mean and covariance (N − 1) of features, float64: all that the Frechet distance knows of a set of images.</summary>
public sealed class FeatureStatistics : IDisposable
{
    /// <summary>Takes over both tensors.</summary>
    /// <param name="mean">[d], float64.</param>
    /// <param name="covariance">[d,d], float64, symmetric.</param>
    /// <param name="count">Images behind the statistics; null where a file does not say.</param>
    /// <exception cref="InvalidInputException">The shapes do not fit, or a value is not finite.</exception>
    public FeatureStatistics(Tensor mean, Tensor covariance, long? count)
    {
        if (mean.ndim != 1 || covariance.ndim != 2 || covariance.size(0) != mean.size(0) || covariance.size(1) != mean.size(0))
        {
            throw new InvalidInputException($"mean {mean.Describe()} and covariance {covariance.Describe()} do not belong together");
        }

        if (!IsFinite(mean) || !IsFinite(covariance))
        {
            throw new InvalidInputException("mean or covariance hold NaN or infinite values");
        }

        Mean = mean.DetachFromDisposeScope();
        Covariance = covariance.DetachFromDisposeScope();
        Count = count;
    }

    /// <summary>[d].</summary>
    public Tensor Mean { get; }

    /// <summary>[d,d].</summary>
    public Tensor Covariance { get; }

    /// <summary>Images behind the statistics; null if unknown.</summary>
    public long? Count { get; }

    /// <summary>Number of features d.</summary>
    public int Dimension => (int)Mean.size(0);

    /// <summary>The statistics of a whole set.</summary>
    /// <param name="features">[N,d], N at least 2.</param>
    /// <exception cref="InvalidInputException">Fewer than two rows, or values that are not finite.</exception>
    public static FeatureStatistics Of(Tensor features)
    {
        using var moments = new FeatureMoments();
        moments.Add(features);
        return moments.ToStatistics();
    }

    /// <summary>Frees both tensors.</summary>
    public void Dispose()
    {
        Mean.Dispose();
        Covariance.Dispose();
    }

    private static bool IsFinite(Tensor values)
    {
        using var scope = torch.NewDisposeScope();
        return values.isfinite().all().item<bool>();
    }
}
