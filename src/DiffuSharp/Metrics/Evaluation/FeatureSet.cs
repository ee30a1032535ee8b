using DiffuSharp.Metrics.Features;
using DiffuSharp.Torch;

namespace DiffuSharp.Metrics.Evaluation;

/// <summary>What the metrics need to know of a set of images.</summary>
public sealed class FeatureSet : IDisposable
{
    /// <summary>Which features.</summary>
    public required FeatureProtocol Protocol { get; init; }

    /// <summary>Mean and covariance over all images.</summary>
    public required FeatureStatistics Statistics { get; init; }

    /// <summary>Mean and covariance of the spatial features over all images; null where there are none or they were not asked for.</summary>
    public FeatureStatistics? SpatialStatistics { get; init; }

    /// <summary>float32 [M,d]: the features that were kept.</summary>
    public required Tensor Features { get; init; }

    /// <summary>float32 [N,C] of all images; null if the network gives none or they were not asked for.</summary>
    public required Tensor? Logits { get; init; }

    /// <summary>Classes of all images; null where there are none.</summary>
    public required IReadOnlyList<long>? Classes { get; init; }

    /// <summary>Names of these classes; null where unknown.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>Names of the classes of the logits; null where unknown.</summary>
    public IReadOnlyList<string>? LogitNames { get; init; }

    /// <summary>Mean and covariance of each class, null for classes of fewer than two images; empty where not asked for.</summary>
    public required IReadOnlyList<FeatureStatistics?> ClassStatistics { get; init; }

    /// <summary>The classes of the images; null where there are none.</summary>
    internal ClassList? ClassList => Classes is null
        ? null
        : new ClassList("the images", ClassNames?.Count ?? (int)Classes.DefaultIfEmpty(-1).Max() + 1, ClassNames);

    /// <summary>Number of images N.</summary>
    public long Count => Statistics.Count ?? 0;

    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        Statistics.Dispose();
        SpatialStatistics?.Dispose();
        Features.Dispose();
        Logits?.Dispose();
        foreach (var statistics in ClassStatistics)
        {
            statistics?.Dispose();
        }
    }
}
