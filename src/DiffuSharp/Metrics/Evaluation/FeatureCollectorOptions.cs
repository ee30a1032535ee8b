namespace DiffuSharp.Metrics.Evaluation;

/// <summary>What is collected of images beside mean and covariance.</summary>
public sealed record FeatureCollectorOptions
{
    /// <summary>Numbers of the images whose features are kept; null for all.</summary>
    public IReadOnlySet<int>? Kept { get; init; }

    /// <summary>Mean and covariance of each class, d² numbers for each.</summary>
    public bool PerClass { get; init; }

    /// <summary>Mean and covariance of the spatial features, where the network gives them.</summary>
    public bool Spatial { get; init; }

    /// <summary>What some metrics need.</summary>
    public static FeatureCollectorOptions For(IReadOnlyList<MetricKind> metrics) => new()
    {
        PerClass = metrics.Contains(MetricKind.ClassFrechet), Spatial = metrics.Contains(MetricKind.SpatialFrechet),
    };
}
