using System.ComponentModel.DataAnnotations;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Recipes;

namespace DiffuSharp.Metrics.Measures;

/// <summary>Kernel distance of features, the unbiased estimate on random subsets.</summary>
[Recipe("kid", Source = "Binkowski et al. 2018")]
public sealed record Kid : Metric
{
    private const int SubsetsOnTheWay = 20;
    private static readonly KernelDistanceOptions s_usual = new();

    /// <summary>Number of subsets.</summary>
    [Range(1, 1_000_000)]
    public int Subsets { get; init; } = s_usual.Subsets;

    /// <summary>Images of each set in a subset; the smaller set's size if that is less.</summary>
    [Range(2, 1_000_000)]
    public int SubsetSize { get; init; } = s_usual.SubsetSize;

    /// <inheritdoc/>
    public override bool NeedsReference => true;

    /// <inheritdoc/>
    protected override bool NeedsFeaturesOfReference => true;

    /// <inheritdoc/>
    public override bool NeedsFeatures(int dimension) => true;

    /// <inheritdoc/>
    public override Metric ForFew(int images) => this == new Kid() ? new Kid { Subsets = SubsetsOnTheWay, SubsetSize = Math.Max(2, images / 2) } : this;

    /// <inheritdoc/>
    public override IEnumerable<MetricValue> Measure(MetricInput input)
    {
        var features = input.Reference!.Features!;
        var options = new KernelDistanceOptions { Subsets = Subsets, SubsetSize = SubsetSize, Seed = input.Seed };
        var result = KernelDistance.FromSubsets(input.Images.Features, features, options, input.Cancellation);
        yield return input.Value(
            "kid", result.Mean, result.Std, "standard deviation over subsets", features.size(0),
            $"unbiased for every N; {result.Subsets} subsets of {result.SubsetSize}, (x.y/d + 1)^3");
    }
}
