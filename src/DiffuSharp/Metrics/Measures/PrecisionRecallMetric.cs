using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Recipes;

namespace DiffuSharp.Metrics.Measures;

/// <summary>Precision and recall of features, by nearest neighbours.</summary>
[Recipe("pr", Source = "Kynkäänniemi et al. 2019")]
public sealed record PrecisionRecallMetric : Metric
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
        var result = PrecisionRecall.Compute(input.Images.Features, features, cancellation: input.Cancellation);
        var note = $"k = {result.K}; depends on both N, compare at equal N";
        yield return input.Part("precision", result.Precision, input.Images.Count, features.size(0), note);
        yield return input.Part("recall", result.Recall, features.size(0), features.size(0), note);
    }
}
