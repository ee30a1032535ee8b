using DiffuSharp.Metrics.Features;
using DiffuSharp.Torch;

namespace DiffuSharp.Metrics.Evaluation;

/// <summary>What images are measured against: the contents of a reference file.</summary>
public sealed class ReferenceStatistics : IDisposable
{
    /// <summary>Mean and covariance.</summary>
    public required FeatureStatistics Statistics { get; init; }

    /// <summary>Mean and covariance of spatial features; null where a file holds none.</summary>
    public FeatureStatistics? SpatialStatistics { get; init; }

    /// <summary>Which features; null where a file of another tool does not say.</summary>
    public FeatureProtocol? Protocol { get; init; }

    /// <summary>What it was made from; null where a file of another tool does not say.</summary>
    public string? Dataset { get; init; }

    /// <summary>float32 [M,d], a subset of the features; null where a file holds moments only.</summary>
    public Tensor? Features { get; init; }

    /// <summary>Statistics of each class, null for classes of fewer than two images; empty where a file holds none.</summary>
    public IReadOnlyList<FeatureStatistics?> ClassStatistics { get; init; } = [];

    /// <summary>Names of these classes; null where a file does not say.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>SHA-256 of the file; null before it is written.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Refuses a reference of other features. A file that states no protocol is taken if the number of features fits.</summary>
    /// <param name="protocol">The features of the images to be measured.</param>
    /// <exception cref="InvalidInputException">The two do not compare; one line.</exception>
    public void RequireProtocol(FeatureProtocol protocol)
    {
        if (Protocol?.Difference(protocol) is (var field, var own, var yours))
        {
            throw new InvalidInputException(
                $"the reference was made with the protocol {Protocol.Name}, {field} {own}; yours has {field} {yours}; make one with 'evaluate ref' and the same features");
        }

        if (Statistics.Dimension != protocol.FeatureDim)
        {
            throw new InvalidInputException(
                $"the reference holds {Statistics.Dimension} features, the protocol {protocol.Name} gives {protocol.FeatureDim}; use the features that it was made with");
        }
    }

    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        Statistics.Dispose();
        SpatialStatistics?.Dispose();
        Features?.Dispose();
        foreach (var statistics in ClassStatistics)
        {
            statistics?.Dispose();
        }
    }
}
