using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Recipes;

namespace DiffuSharp.Metrics.Measures;

/// <summary>Fréchet distance of spatial features.</summary>
[Recipe("sfid", Source = "Nash et al. 2021")]
public sealed record SpatialFid : Metric
{
    /// <inheritdoc/>
    public override bool NeedsReference => true;

    /// <inheritdoc/>
    public override bool NeedsSpatialFeatures => true;

    /// <inheritdoc/>
    public override string? WhyNot(FeatureProtocol protocol, bool classes, ReferenceStatistics? reference) =>
        base.WhyNot(protocol, classes, reference) ?? reference!.SpatialStatistics switch
        {
            null => "needs mu_s and sigma_s, which the reference does not hold",
            { } known when known.Dimension != protocol.SpatialDim =>
                $"the reference holds {known.Dimension} spatial features, {protocol.Name} gives {protocol.SpatialDim}; use those that it was made with",
            _ => null,
        };

    /// <inheritdoc/>
    public override IEnumerable<MetricValue> Measure(MetricInput input)
    {
        var (images, reference) = (input.Images.SpatialStatistics!, input.Reference!.SpatialStatistics!);
        var result = FrechetDistance.Compute(images, reference);
        var note = $"{images.Dimension} features of {input.Images.Protocol.SpatialLayer}; biased upwards as 1/N: compare at equal N";
        yield return input.Value("sfid", result.Value, null, null, reference.Count, note);
    }
}
