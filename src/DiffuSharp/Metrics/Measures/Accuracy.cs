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
        var map = input.Classes.ToClassifier!;
        var result = ClassAccuracy.Compute(input.Images.Logits!, map.Apply(input.Images.Classes!));
        var perClass = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var k = 0; k < map.From.Count; k++)
        {
            if (result.PerClass[map[k]] is var part && !double.IsNaN(part))
            {
                perClass[map.To.Names?[map[k]] ?? map.From.Names?[k] ?? $"{k}"] = part;
            }
        }

        var classes = string.Join(", ", perClass.Select(p => $"{p.Key} {p.Value:0.000}"));
        var note = $"unbiased for every N; by class {classes}{(map.Remark is { } remark ? $"; {remark}" : "")}";
        yield return input.Value("acc", result.Value, result.StandardError, "binomial standard error", null, note) with { PerClass = perClass };
    }
}
