using DiffuSharp.Data;
using DiffuSharp.Metrics;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Torch;
using DiffuSharp.Tuning.Losses;

namespace DiffuSharp.Tuning.Validation;

/// <summary>Frechet or kernel distance of the samples, quantised to bytes as <c>evaluate</c> sees them, from reference statistics.</summary>
public sealed class FeatureValidation : IValidationMetric
{
    private readonly IFeatureExtractor _extractor;
    private readonly ReferenceStatistics _reference;
    private readonly bool _kernel;

    /// <summary>Compares with a reference.</summary>
    /// <param name="extractor">The features, best others than the loss's; the caller disposes of it.</param>
    /// <param name="reference">The data, measured with the same features; the caller disposes of it.</param>
    /// <param name="kernel">The kernel distance (unbiased) instead of the Frechet distance (which falls with N; compare at equal N).</param>
    /// <exception cref="InvalidInputException">The reference is of other features, or keeps none for the kernel distance.</exception>
    public FeatureValidation(IFeatureExtractor extractor, ReferenceStatistics reference, bool kernel = false)
    {
        reference.RequireProtocol(extractor.Protocol);
        if (kernel && reference.Features is null)
        {
            throw new InvalidInputException("kid needs features, but the reference holds only mu and sigma; make one with 'evaluate ref'");
        }

        (_extractor, _reference, _kernel) = (extractor, reference, kernel);
    }

    /// <inheritdoc/>
    public string Name => _kernel ? "kid" : "fid";

    /// <inheritdoc/>
    public string Identity => $"{Name} {FeatureIdentity.Of(_extractor.Protocol, _reference)}";

    /// <inheritdoc/>
    public double Measure(SampleBatch batch, CancellationToken cancellation = default)
    {
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var parts = new List<Tensor>();
        foreach (var part in batch.Samples.split(batch.MicroBatch))
        {
            cancellation.ThrowIfCancellationRequested();
            parts.Add(_extractor.Extract(PixelTensor.ToBytes(part)).Features);
        }

        var features = torch.cat([.. parts]);
        if (_kernel)
        {
            return KernelDistance.FromAllPairs(features, _reference.Features!, cancellation);
        }

        using var statistics = FeatureStatistics.Of(features);
        return FrechetDistance.Compute(statistics, _reference.Statistics).Value;
    }
}
