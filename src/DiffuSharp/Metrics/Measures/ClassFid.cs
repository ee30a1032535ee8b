using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Recipes;

namespace DiffuSharp.Metrics.Measures;

/// <summary>Fréchet distance of each class.</summary>
[Recipe("cfid", Source = "Heusel et al. 2017, by class")]
public sealed record ClassFid : Metric
{
    /// <inheritdoc/>
    public override bool NeedsReference => true;

    /// <inheritdoc/>
    public override bool NeedsClasses => true;

    /// <inheritdoc/>
    public override bool NeedsClassStatistics => true;

    /// <inheritdoc/>
    public override IEnumerable<MetricValue> Measure(MetricInput input)
    {
        var (images, reference) = (input.Images.ClassStatistics, input.Reference!.ClassStatistics);
        return ClassFrechetDistance.Compute(images, reference).Select((value, k) => new MetricValue(
            $"fid[{k}]", value, null, null, (k < images.Count ? images[k]?.Count : null) ?? 0, reference[k]?.Count, "biased upwards as 1/N: compare at equal N"));
    }
}
