using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Measures;
using DiffuSharp.Recipes;
using DiffuSharp.Torch;

namespace MyPlugin;

/// <summary>Fréchet distance as if features did not depend on each other: it needs few images.</summary>
[Recipe("diagonal-fid")]
public sealed record DiagonalFrechet : Metric
{
    /// <summary>Weight of the difference of the standard deviations.</summary>
    public double Spread { get; init; } = 1;

    /// <inheritdoc/>
    public override bool NeedsReference => true;

    /// <inheritdoc/>
    public override IEnumerable<MetricValue> Measure(MetricInput input)
    {
        using var scope = torch.NewDisposeScope();
        var (ours, theirs) = (input.Images.Statistics, input.Reference!.Statistics);
        var mean = (ours.Mean - theirs.Mean).square().sum();
        var deviation = (ours.Covariance.diagonal().sqrt() - theirs.Covariance.diagonal().sqrt()).square().sum();
        return [input.Value(Type.Name, (mean + (Spread * deviation)).ToDouble(), null, null, theirs.Count, "diagonal covariances")];
    }
}
