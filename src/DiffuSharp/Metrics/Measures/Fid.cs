using System.ComponentModel.DataAnnotations;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Recipes;
using DiffuSharp.Torch;

namespace DiffuSharp.Metrics.Measures;

/// <summary>Fréchet distance of features, with its error and its dependence on N.</summary>
[Recipe("fid", Source = "Heusel et al. 2017")]
public sealed record Fid : Metric
{
    private const int UsualResamples = 20;
    private const int CheapDimension = 512;

    /// <summary>Resamples for the standard error, 0 for none [20 up to 512 features, above which each costs seconds].</summary>
    [Range(0, 100_000)]
    public int? Bootstrap { get; init; }

    /// <inheritdoc/>
    public override bool NeedsReference => true;

    /// <inheritdoc/>
    public override bool NeedsFeatures(int dimension) => Resamples(dimension) > 0;

    /// <inheritdoc/>
    public override Metric WithoutResamples() => this with { Bootstrap = Bootstrap ?? 0 };

    /// <inheritdoc/>
    public override IEnumerable<MetricValue> Measure(MetricInput input)
    {
        var (images, reference) = (input.Images, input.Reference!.Statistics);
        var result = FrechetDistance.Compute(images.Statistics, reference);
        var resamples = Resamples(images.Statistics.Dimension);
        double? error = null;
        var notes = new List<string>();
        if (resamples > 0)
        {
            error = Metrics.Bootstrap.StandardError(images.Count, resamples, input.Seed, rows => Resampled(images.Features, rows, reference), input.Cancellation);
            notes.Add(BiasNote(input));
        }
        else
        {
            notes.Add("biased upwards as 1/N: compare at equal N");
            if (Bootstrap is null)
            {
                notes.Add($"no error: above {CheapDimension} features only with --bootstrap, as each resample costs seconds");
            }
        }

        if (images.Count <= images.Statistics.Dimension)
        {
            notes.Add($"N is not above the {images.Statistics.Dimension} features: the covariance is singular and the bias large");
        }

        notes.Add($"clamped {result.ClampedCount} eigenvalues, sum {result.ClampedSum:0.##e+0}");
        yield return input.Value(
            "fid", result.Value, error, error is null ? null : $"bootstrap standard error, {resamples} resamples", reference.Count, string.Join("; ", notes));
    }

    /// <inheritdoc/>
    protected override void Check()
    {
        if (Bootstrap == 1)
        {
            throw Invalid("bootstrap is 1; use 0 for none or at least 2 resamples");
        }
    }

    private int Resamples(int dimension) => Bootstrap ?? (dimension <= CheapDimension ? UsualResamples : 0);

    private static double Resampled(Tensor features, Tensor rows, FeatureStatistics reference)
    {
        using var statistics = FeatureStatistics.Of(features.index_select(0, rows));
        return FrechetDistance.Compute(statistics, reference).Value;
    }

    private static string BiasNote(MetricInput input)
    {
        const int FewestImages = 32;
        if (input.Images.Count < FewestImages)
        {
            return "too few images to fit the bias";
        }

        var fit = FrechetExtrapolation.Compute(input.Images.Features, input.Reference!.Statistics, input.Seed, input.Cancellation);
        return $"bias of this N about {(fit.Bias < 0 ? "" : "+")}{fit.Bias:G3}, N to infinity about {fit.Limit:G5}";
    }
}
