using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Recipes;

namespace DiffuSharp.Metrics.Measures;

/// <summary>Class accuracy: how often a classifier sees the class that was asked for.</summary>
[Recipe("acc", Source = "Ravuri and Vinyals 2019")]
public sealed record Accuracy : Metric
{
    /// <inheritdoc/>
    public override bool NeedsLogits => true;

    /// <inheritdoc/>
    public override bool NeedsClasses => true;

    /// <inheritdoc/>
    public override IEnumerable<MetricValue> Measure(MetricInput input)
    {
        var result = ClassAccuracy.Compute(input.Images.Logits!, input.Images.Classes!);
        var classes = string.Join(" ", result.PerClass.Select(p => $"{p:0.000}"));
        yield return input.Value("acc", result.Value, result.StandardError, "binomial standard error", null, $"unbiased for every N; by class {classes}");
    }
}
