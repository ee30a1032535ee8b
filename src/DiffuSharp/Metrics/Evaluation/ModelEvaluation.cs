using DiffuSharp.Denoising;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Sampling;
using DiffuSharp.Torch.Distributed;

namespace DiffuSharp.Metrics.Evaluation;

/// <summary>Measures a model by sampling it, on one range of seeds or on several of equal size, whose spread is then the error of a number.</summary>
public sealed class ModelEvaluation
{
    /// <summary>What repeats are.</summary>
    internal const string RangesName = "ranges of seeds";

    private readonly IDenoiser _denoiser;
    private readonly SamplerTableau _tableau;
    private readonly IFeatureExtractor _extractor;
    private readonly ReferenceStatistics? _reference;
    private readonly EvaluationOptions _options;
    private readonly IReadOnlyList<string>? _classNames;

    /// <summary>Checks that everything asked for can be measured.</summary>
    /// <param name="denoiser">The model, guided or not.</param>
    /// <param name="tableau">The sampler.</param>
    /// <param name="extractor">The feature network; the caller disposes of it.</param>
    /// <param name="reference">The reference; may be null if no metric needs it.</param>
    /// <param name="options">The metrics.</param>
    /// <param name="classNames">Names of the model's classes; null where unknown.</param>
    /// <exception cref="InvalidInputException">Something is missing or does not fit; one line.</exception>
    public ModelEvaluation(
        IDenoiser denoiser, SamplerTableau tableau, IFeatureExtractor extractor, ReferenceStatistics? reference, EvaluationOptions options,
        IReadOnlyList<string>? classNames = null)
    {
        var classes = denoiser.LabelDim > 0 ? new ClassList("the model", denoiser.LabelDim, classNames) : null;
        Evaluator.RequirePossible(options, extractor, classes, reference);
        _classNames = classNames;
        (_denoiser, _tableau, _extractor, _reference, _options) = (denoiser, tableau, extractor, reference, options);
    }

    /// <summary>The processes to which the batches are dealt; null for this one alone. The first rank gets the numbers, the others none.</summary>
    public ProcessGroup? Group { get; init; }

    /// <summary>What the sampling has cost.</summary>
    public GenerationCost Cost { get; private set; }

    /// <summary>Samples and measures.</summary>
    /// <param name="images">Seeds of the first range, class and batch.</param>
    /// <param name="repeats">Ranges, at least 1; each further one has the seeds of the one before plus its width.</param>
    /// <param name="progress">Told the part of the sampling that is done, 0 to 1.</param>
    /// <param name="cancellation">Looked at after every row of the sampler and in the metrics.</param>
    /// <returns>The numbers in the order of the options; with repeats mean and standard deviation.</returns>
    /// <exception cref="InvalidInputException">The images do not suit the features, or are too few for a metric.</exception>
    public IReadOnlyList<MetricValue> Run(
        ImageGeneratorOptions images, int repeats = 1, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(repeats, 1);
        var ranges = Ranges(images, repeats);
        Cost = default;
        List<IReadOnlyList<MetricValue>> values = [];
        for (var i = 0; i < repeats; i++)
        {
            var part = progress is null ? null : new PartialProgress(progress, i, repeats);
            if (Measure(ranges[i], part, cancellation) is { } measured)
            {
                values.Add(measured);
            }
        }

        return values.Count == 0 ? [] : MetricRepeats.Join(values, RangesName);
    }

    /// <summary>The images of each range of seeds.</summary>
    /// <exception cref="InvalidInputException">They go beyond the last seed, or do not suit the model.</exception>
    internal IReadOnlyList<ImageGeneratorOptions> Ranges(ImageGeneratorOptions images, int repeats)
    {
        images.Validate(_denoiser);
        var width = images.Seeds.Max() - images.Seeds.Min() + 1;
        if (images.Seeds.Max() + ((repeats - 1) * width) > uint.MaxValue)
        {
            throw new InvalidInputException($"{repeats} ranges of {width} seeds go beyond the seed {uint.MaxValue}; use fewer");
        }

        return [.. Enumerable.Range(0, repeats).Select(i => images with { Seeds = [.. images.Seeds.Select(seed => seed + (i * width))] })];
    }

    private IReadOnlyList<MetricValue>? Measure(ImageGeneratorOptions images, IProgress<GenerationProgress>? progress, CancellationToken cancellation)
    {
        var generator = new ImageGenerator(_denoiser, _tableau, images);
        var source = new GeneratedBatchSource(generator, progress, cancellation);
        var collected = FeatureCollectorOptions.For(_options, _extractor.Protocol) with { ClassNames = _classNames, LogitNames = _extractor.ClassNames };
        var (set, evaluations) = FeatureCollector.Collect(
            _extractor.Protocol, FeatureCollector.Pieces(_extractor, source, collected, Group, cancellation), collected, Group is null or { Rank: 0 });
        if (set is null)
        {
            return null;
        }

        using (set)
        {
            Cost = new GenerationCost(Cost.Images + images.Seeds.Count, Cost.Evaluations + evaluations, Cost.Seconds + generator.Cost.Seconds);
            return new Evaluator(set, _reference, _options).Run(cancellation);
        }
    }

    private sealed class PartialProgress(IProgress<double> whole, int index, int count) : IProgress<GenerationProgress>
    {
        public void Report(GenerationProgress value) => whole.Report((index + value.Fraction) / count);
    }
}
