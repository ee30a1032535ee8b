using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Torch;

namespace DiffuSharp.Pipelines;

/// <summary>What images are measured against: statistics of reference images and the network that made their features.</summary>
/// <param name="Features">The feature network.</param>
/// <param name="Statistics">The reference; null where only metrics without one are measured.</param>
public sealed record FeatureReference(IFeatureExtractor Features, ReferenceStatistics? Statistics) : IDisposable
{
    /// <summary>Opens both.</summary>
    /// <param name="statistics">npz of <c>evaluate ref</c>, or of EDM or ADM; null for none.</param>
    /// <param name="features">Feature network: a classifier file, or a TorchScript network with its protocol.</param>
    /// <param name="device">Where the network runs; the CPU by default.</param>
    /// <exception cref="InvalidInputException">The reference is of other features.</exception>
    /// <exception cref="InvalidDataException">A file is broken; one line.</exception>
    public static FeatureReference Open(string? statistics, string features, Device? device = null)
    {
        var reference = new FeatureReference(FeatureExtractor.Open(features, device), statistics is null ? null : ReferenceFile.Read(statistics));
        try
        {
            reference.Statistics?.RequireProtocol(reference.Features.Protocol);
            return reference;
        }
        catch
        {
            reference.Dispose();
            throw;
        }
    }

    /// <summary>Frees both.</summary>
    public void Dispose()
    {
        Features.Dispose();
        Statistics?.Dispose();
    }
}
