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
        var (images, reference, order) = (input.Images, input.Reference!, input.Classes.OfReference!);
        FeatureStatistics?[] own = [.. order.Select(k => k >= 0 && k < images.ClassStatistics.Count ? images.ClassStatistics[k] : null)];
        var note = $"biased upwards as 1/N: compare at equal N{(input.Classes.ReferenceRemark is { } remark ? $"; {remark}" : "")}";
        return ClassFrechetDistance.Compute(own, reference.ClassStatistics).Select((value, k) =>
        {
            var name = reference.ClassNames?[k] ?? (order[k] >= 0 ? images.ClassNames?[order[k]] : null) ?? $"{k}";
            return new MetricValue($"fid[{name}]", value, null, null, own[k]?.Count ?? 0, reference.ClassStatistics[k]?.Count, note);
        });
    }
}
