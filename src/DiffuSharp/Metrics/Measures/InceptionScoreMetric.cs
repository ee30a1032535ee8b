using System.ComponentModel.DataAnnotations;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Recipes;

namespace DiffuSharp.Metrics.Measures;

/// <summary>Inception score: how sure and how varied the classes are that a network sees.</summary>
[Recipe("is", Source = "Salimans et al. 2016")]
public sealed record InceptionScoreMetric : Metric
{
    /// <summary>Number of shuffled splits.</summary>
    [Range(1, 100_000)]
    public int Splits { get; init; } = new InceptionScoreOptions().Splits;

    /// <inheritdoc/>
    public override bool NeedsLogits => true;

    /// <inheritdoc/>
    public override IEnumerable<MetricValue> Measure(MetricInput input)
    {
        var result = InceptionScore.Compute(input.Images.Logits!, new InceptionScoreOptions { Splits = Splits, Seed = input.Seed });
        yield return input.Value(
            "is", result.Mean, result.Std, "standard deviation between splits", null, $"{result.Splits} shuffled splits; falls with fewer images in a split");
    }
}
