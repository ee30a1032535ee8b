using System.Diagnostics;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Torch;

namespace DiffuSharp.Metrics.Evaluation;

/// <summary>Measures a set of images against a reference, each number with its spread and its dependence on N.</summary>
public sealed class Evaluator
{
    private const string BinomialKind = "binomial standard error";

    private readonly FeatureSet _images;
    private readonly ReferenceStatistics? _reference;
    private readonly EvaluationOptions _options;
    private readonly EvaluationClasses _classes;

    /// <summary>Checks that everything asked for can be measured, before anything is.</summary>
    /// <param name="images">The images, collected as <see cref="FeatureCollectorOptions.For"/> says.</param>
    /// <param name="reference">The reference; may be null if no metric needs it.</param>
    /// <param name="options">The metrics.</param>
    /// <exception cref="InvalidInputException">Something is missing or does not fit; one line.</exception>
    public Evaluator(FeatureSet images, ReferenceStatistics? reference, EvaluationOptions options)
    {
        RequirePossible(options, images.Protocol, images.Classes is not null, reference);
        (_images, _reference, _options) = (images, reference, options);
        _classes = EvaluationClasses.Match(options, images.Protocol, images.LogitNames, images.ClassList, reference);
    }

    /// <summary>Checks, before there are any images, that everything asked for can be measured.</summary>
    /// <param name="options">The metrics.</param>
    /// <param name="protocol">The features.</param>
    /// <param name="classes">Whether the images will have known classes.</param>
    /// <param name="reference">The reference; null for none.</param>
    /// <exception cref="InvalidInputException">Something is missing or does not fit; one line.</exception>
    public static void RequirePossible(EvaluationOptions options, FeatureProtocol protocol, bool classes, ReferenceStatistics? reference)
    {
        options.Validate();
        reference?.RequireProtocol(protocol);
        foreach (var metric in options.Metrics)
        {
            if (WhyNot(metric, protocol, classes, reference) is { } problem)
            {
                throw new InvalidInputException($"{MetricNames.Of(metric)}: {problem}");
            }
        }
    }

    /// <summary>Checks so before there are any images, and that their classes are known to whatever judges them.</summary>
    /// <param name="options">The metrics.</param>
    /// <param name="extractor">The feature network.</param>
    /// <param name="classes">The classes that the images will have; null for none.</param>
    /// <param name="reference">The reference; null for none.</param>
    /// <exception cref="InvalidInputException">Something is missing or does not fit; one line.</exception>
    public static void RequirePossible(EvaluationOptions options, IFeatureExtractor extractor, ClassList? classes, ReferenceStatistics? reference)
    {
        RequirePossible(options, extractor.Protocol, classes is not null, reference);
        EvaluationClasses.Match(options, extractor.Protocol, extractor.ClassNames, classes, reference);
    }

    /// <summary>The numbers, in the order of the options.</summary>
    /// <param name="cancellation">Looked at before each costly part.</param>
    /// <exception cref="InvalidInputException">Too few images for a metric.</exception>
    public IReadOnlyList<MetricValue> Run(CancellationToken cancellation = default) =>
        [.. _options.Metrics.SelectMany(metric => Timed(metric, cancellation))];

    private IEnumerable<MetricValue> Timed(MetricKind metric, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        MetricValue[] values = [.. metric switch
        {
            MetricKind.Frechet => Frechet(cancellation),
            MetricKind.Kernel => Kernel(cancellation),
            MetricKind.InceptionScore => Inception(),
            MetricKind.PrecisionRecall => PrecisionAndRecall(cancellation),
            MetricKind.DensityCoverage => DensityAndCoverage(cancellation),
            MetricKind.ClassAccuracy => Accuracy(),
            MetricKind.SpatialFrechet => Spatial(),
            _ => PerClass(),
        }];
        var seconds = watch.Elapsed.TotalSeconds;
        return values.Select(value => value with { Seconds = seconds });
    }

    private static string? WhyNot(MetricKind metric, FeatureProtocol protocol, bool classes, ReferenceStatistics? reference)
    {
        var (needsReference, needsFeatures) = metric switch
        {
            MetricKind.Frechet or MetricKind.ClassFrechet or MetricKind.SpatialFrechet => (true, false),
            MetricKind.Kernel or MetricKind.PrecisionRecall or MetricKind.DensityCoverage => (true, true),
            _ => (false, false),
        };
        return metric switch
        {
            _ when needsReference && reference is null => "needs a reference; name one with --ref",
            _ when needsFeatures && reference!.Features is null => "needs features, but the reference holds only mu and sigma; make one with 'evaluate ref'",
            MetricKind.InceptionScore or MetricKind.ClassAccuracy when protocol.LogitsDim == 0 => $"needs logits, which {protocol.Name} does not give",
            MetricKind.ClassAccuracy or MetricKind.ClassFrechet when !classes => "needs to know the class of each image, and these have none",
            MetricKind.ClassFrechet when reference!.ClassStatistics.Count == 0 => "needs statistics of each class, which the reference does not hold",
            MetricKind.SpatialFrechet when protocol.SpatialDim is null => $"needs spatial features, which {protocol.Name} does not give",
            MetricKind.SpatialFrechet when reference!.SpatialStatistics is null => "needs mu_s and sigma_s, which the reference does not hold",
            MetricKind.SpatialFrechet when reference!.SpatialStatistics!.Dimension != protocol.SpatialDim =>
                $"the reference holds {reference.SpatialStatistics.Dimension} spatial features, {protocol.Name} gives {protocol.SpatialDim}; use those that it was made with",
            _ => null,
        };
    }

    private IEnumerable<MetricValue> Frechet(CancellationToken cancellation)
    {
        var reference = _reference!.Statistics;
        var result = FrechetDistance.Compute(_images.Statistics, reference);
        var resamples = _options.Resamples(_images.Statistics.Dimension);
        double? error = null;
        var notes = new List<string>();
        if (resamples > 0)
        {
            error = Bootstrap.StandardError(_images.Count, resamples, _options.Seed, rows => Resampled(rows, reference), cancellation);
            notes.Add(BiasNote(reference, cancellation));
        }
        else
        {
            notes.Add("biased upwards as 1/N: compare at equal N");
            if (_options.Bootstrap is null)
            {
                notes.Add($"no error: above {EvaluationOptions.CheapDimension} features only with --bootstrap, as each resample costs seconds");
            }
        }

        if (_images.Count <= _images.Statistics.Dimension)
        {
            notes.Add($"N is not above the {_images.Statistics.Dimension} features: the covariance is singular and the bias large");
        }

        notes.Add($"clamped {result.ClampedCount} eigenvalues, sum {result.ClampedSum:0.##e+0}");
        yield return Value(
            "fid", result.Value, error, error is null ? null : $"bootstrap standard error, {resamples} resamples", reference.Count, string.Join("; ", notes));
    }

    private double Resampled(Tensor rows, FeatureStatistics reference)
    {
        using var statistics = FeatureStatistics.Of(_images.Features.index_select(0, rows));
        return FrechetDistance.Compute(statistics, reference).Value;
    }

    private string BiasNote(FeatureStatistics reference, CancellationToken cancellation)
    {
        const int FewestImages = 32;
        if (_images.Count < FewestImages)
        {
            return "too few images to fit the bias";
        }

        var fit = FrechetExtrapolation.Compute(_images.Features, reference, _options.Seed, cancellation);
        return $"bias of this N about {(fit.Bias < 0 ? "" : "+")}{fit.Bias:G3}, N to infinity about {fit.Limit:G5}";
    }

    private IEnumerable<MetricValue> Kernel(CancellationToken cancellation)
    {
        var features = _reference!.Features!;
        var options = new KernelDistanceOptions { Subsets = _options.KidSubsets, SubsetSize = _options.KidSubsetSize, Seed = _options.Seed };
        var result = KernelDistance.FromSubsets(_images.Features, features, options, cancellation);
        yield return Value(
            "kid", result.Mean, result.Std, "standard deviation over subsets", features.size(0),
            $"unbiased for every N; {result.Subsets} subsets of {result.SubsetSize}, (x.y/d + 1)^3");
    }

    private IEnumerable<MetricValue> Inception()
    {
        var result = InceptionScore.Compute(_images.Logits!, new InceptionScoreOptions { Splits = _options.InceptionSplits, Seed = _options.Seed });
        yield return Value(
            "is", result.Mean, result.Std, "standard deviation between splits", null, $"{result.Splits} shuffled splits; falls with fewer images in a split");
    }

    private IEnumerable<MetricValue> PrecisionAndRecall(CancellationToken cancellation)
    {
        var features = _reference!.Features!;
        var result = PrecisionRecall.Compute(_images.Features, features, cancellation: cancellation);
        var note = $"k = {result.K}; depends on both N, compare at equal N";
        yield return Value("precision", result.Precision, Binomial(result.Precision, _images.Count), BinomialKind, features.size(0), note);
        yield return Value("recall", result.Recall, Binomial(result.Recall, features.size(0)), BinomialKind, features.size(0), note);
    }

    private IEnumerable<MetricValue> DensityAndCoverage(CancellationToken cancellation)
    {
        var features = _reference!.Features!;
        var result = DensityCoverage.Compute(_images.Features, features, cancellation: cancellation);
        var note = $"k = {result.K}; coverage depends on both N, compare at equal N";
        yield return Value("density", result.Density, null, null, features.size(0), note);
        yield return Value("coverage", result.Coverage, Binomial(result.Coverage, features.size(0)), BinomialKind, features.size(0), note);
    }

    private IEnumerable<MetricValue> Accuracy()
    {
        var map = _classes.ToClassifier!;
        var result = ClassAccuracy.Compute(_images.Logits!, map.Apply(_images.Classes!));
        var perClass = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var k = 0; k < map.From.Count; k++)
        {
            if (result.PerClass[map[k]] is var part && !double.IsNaN(part))
            {
                perClass[map.To.Names?[map[k]] ?? map.From.Names?[k] ?? $"{k}"] = part;
            }
        }

        var classes = string.Join(", ", perClass.Select(p => $"{p.Key} {p.Value:0.000}"));
        yield return Value("acc", result.Value, result.StandardError, BinomialKind, null, $"unbiased for every N; by class {classes}{Said(map.Remark)}") with
        {
            PerClass = perClass,
        };
    }

    private IEnumerable<MetricValue> PerClass()
    {
        var reference = _reference!.ClassStatistics;
        FeatureStatistics?[] own = [.. _classes.OfReference!.Select(k => k >= 0 && k < _images.ClassStatistics.Count ? _images.ClassStatistics[k] : null)];
        var note = $"biased upwards as 1/N: compare at equal N{Said(_classes.ReferenceRemark)}";
        return ClassFrechetDistance.Compute(own, reference).Select((value, k) =>
        {
            var name = _reference.ClassNames?[k] ?? (_classes.OfReference![k] is >= 0 and var i ? _images.ClassNames?[i] : null) ?? $"{k}";
            return new MetricValue($"fid[{name}]", value, null, null, own[k]?.Count ?? 0, reference[k]?.Count, note);
        });
    }

    private static string Said(string? remark) => remark is null ? "" : $"; {remark}";

    private IEnumerable<MetricValue> Spatial()
    {
        var (images, reference) = (_images.SpatialStatistics!, _reference!.SpatialStatistics!);
        var result = FrechetDistance.Compute(images, reference);
        var note = $"{images.Dimension} features of {_images.Protocol.SpatialLayer}; biased upwards as 1/N: compare at equal N";
        yield return Value("sfid", result.Value, null, null, reference.Count, note);
    }

    private MetricValue Value(string name, double value, double? uncertainty, string? kind, long? reference, string note) =>
        new(name, value, uncertainty, kind, _images.Count, reference, note);

    private static double Binomial(double part, long count) => Math.Sqrt(part * (1 - part) / count);
}
