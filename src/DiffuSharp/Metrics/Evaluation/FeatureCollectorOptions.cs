using System.Collections.Frozen;
using DiffuSharp.Metrics.Features;

namespace DiffuSharp.Metrics.Evaluation;

/// <summary>What is collected of images beside mean and covariance.</summary>
public sealed record FeatureCollectorOptions
{
    /// <summary>Numbers of the images whose features are kept, d numbers for each; null for all.</summary>
    public IReadOnlySet<int>? Kept { get; init; }

    /// <summary>The logits of all images, where the network gives them.</summary>
    public bool Logits { get; init; } = true;

    /// <summary>Mean and covariance of each class, d² numbers for each.</summary>
    public bool PerClass { get; init; }

    /// <summary>Mean and covariance of the spatial features, where the network gives them.</summary>
    public bool Spatial { get; init; }

    /// <summary>Names of the images' classes; null where unknown.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>Names of the classes of the logits; null where unknown.</summary>
    public IReadOnlyList<string>? LogitNames { get; init; }

    /// <summary>What an <see cref="Evaluator"/> needs; features are kept only for metrics that compare images with each other, and for resamples.</summary>
    public static FeatureCollectorOptions For(EvaluationOptions options, FeatureProtocol protocol)
    {
        var metrics = options.Metrics;
        return new FeatureCollectorOptions
        {
            Kept = metrics.Any(metric => metric.NeedsFeatures(protocol.FeatureDim)) ? null : FrozenSet<int>.Empty,
            Logits = metrics.Any(metric => metric.NeedsLogits),
            PerClass = metrics.Any(metric => metric.NeedsClassStatistics),
            Spatial = metrics.Any(metric => metric.NeedsSpatialFeatures),
        };
    }
}
