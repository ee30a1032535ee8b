using DiffuSharp.Denoising;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Sampling;

namespace DiffuSharp.Metrics.Evaluation;

/// <summary>Measures a model by sampling it, on one range of seeds or on several of equal size, whose spread is then the error of a number.</summary>
public sealed class ModelEvaluation
{
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
        images.Validate(_denoiser);
        var width = images.Seeds.Max() - images.Seeds.Min() + 1;
        if (images.Seeds.Max() + ((repeats - 1) * width) > uint.MaxValue)
        {
            throw new InvalidInputException($"{repeats} ranges of {width} seeds go beyond the seed {uint.MaxValue}; use fewer");
        }

        Cost = default;
        List<IReadOnlyList<MetricValue>> values = [];
        for (var i = 0; i < repeats; i++)
        {
            var range = images with { Seeds = [.. images.Seeds.Select(seed => seed + (i * width))] };
            var part = progress is null ? null : new PartialProgress(progress, i, repeats);
            values.Add(Measure(range, part, cancellation));
        }

        return MetricRepeats.Join(values, "ranges of seeds");
    }

    private IReadOnlyList<MetricValue> Measure(ImageGeneratorOptions images, IProgress<GenerationProgress>? progress, CancellationToken cancellation)
    {
        var generator = new ImageGenerator(_denoiser, _tableau, images);
        var batches = GeneratedBatches.Read(generator, progress, cancellation);
        var wanted = FeatureCollectorOptions.For(_options, _extractor.Protocol) with { ClassNames = _classNames };
        using var collected = FeatureCollector.Collect(_extractor, batches, wanted, cancellation);
        Cost = new GenerationCost(
            Cost.Images + generator.Cost.Images, Cost.Evaluations + generator.Cost.Evaluations, Cost.Seconds + generator.Cost.Seconds);
        return new Evaluator(collected, _reference, _options).Run(cancellation);
    }

    private sealed class PartialProgress(IProgress<double> whole, int index, int count) : IProgress<GenerationProgress>
    {
        public void Report(GenerationProgress value) => whole.Report((index + value.Fraction) / count);
    }
}
