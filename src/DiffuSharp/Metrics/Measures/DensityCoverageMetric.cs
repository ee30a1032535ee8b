using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Recipes;

namespace DiffuSharp.Metrics.Measures;

/// <summary>Density and coverage of features, by nearest neighbours.</summary>
[Recipe("dc", Source = "Naeem et al. 2020")]
public sealed record DensityCoverageMetric : Metric
{
    /// <inheritdoc/>
    public override bool NeedsReference => true;

    /// <inheritdoc/>
    protected override bool NeedsFeaturesOfReference => true;

    /// <inheritdoc/>
    public override bool NeedsFeatures(int dimension) => true;

    /// <inheritdoc/>
    public override IEnumerable<MetricValue> Measure(MetricInput input)
    {
        var features = input.Reference!.Features!;
        var result = DensityCoverage.Compute(input.Images.Features, features, cancellation: input.Cancellation);
        var note = $"k = {result.K}; coverage depends on both N, compare at equal N";
        yield return input.Value("density", result.Density, null, null, features.size(0), note);
        yield return input.Part("coverage", result.Coverage, features.size(0), features.size(0), note);
    }
}
