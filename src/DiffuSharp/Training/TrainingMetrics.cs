using System.Diagnostics;
using System.Globalization;
using DiffuSharp.Denoising;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Torch;

namespace DiffuSharp.Training;

/// <summary>Measures a model in training by a few samples.</summary>
internal sealed class TrainingMetrics : IDisposable
{
    private readonly TrainingMetricsOptions _options;
    private readonly IFeatureExtractor _extractor;
    private readonly ReferenceStatistics? _reference;
    private readonly IReadOnlyList<string>? _classNames;

    /// <summary>Opens the feature network and the reference, and tries them on an image.</summary>
    /// <param name="options">What is measured.</param>
    /// <param name="shape">The images.</param>
    /// <param name="labelDim">Classes of the model.</param>
    /// <param name="classNames">Their names; null where unknown.</param>
    /// <param name="device">Where the features are computed.</param>
    /// <exception cref="InvalidInputException">Something is missing or does not fit; one line.</exception>
    /// <exception cref="InvalidDataException">A file is broken; one line.</exception>
    public TrainingMetrics(TrainingMetricsOptions options, ImageShape shape, int labelDim, IReadOnlyList<string>? classNames, Device device)
    {
        (_options, _classNames) = (options, classNames);
        _extractor = FeatureExtractor.Open(options.Features, device);
        try
        {
            _reference = options.Reference is { } path ? ReferenceFile.Read(path) : null;
            var classes = labelDim > 0 ? new ClassList("the model", labelDim, classNames) : null;
            Evaluator.RequirePossible(options.ToEvaluation(), _extractor, classes, _reference);
            using var scope = torch.NewDisposeScope();
            _extractor.Extract(torch.zeros([1, shape.Channels, shape.Height, shape.Width], ScalarType.Byte));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private int Nfe => (2 * _options.Steps) - 1;

    /// <summary>Whether the point after a step is one to measure at.</summary>
    /// <param name="imagesSeen">Images after the step.</param>
    /// <param name="batch">Images of the step.</param>
    /// <param name="total">Images at the end of the run.</param>
    public bool IsDue(long imagesSeen, int batch, long total) =>
        imagesSeen > 0 && (imagesSeen >= total || imagesSeen / _options.Every != (imagesSeen - batch) / _options.Every);

    /// <summary>What a measurement will cost, from the time of one evaluation; one line.</summary>
    public string Estimate(IDenoiser denoiser)
    {
        var batch = Math.Min(_options.Batch, _options.Images);
        Evaluate(denoiser, batch); // The first evaluation prepares the weights.
        var watch = Stopwatch.StartNew();
        Evaluate(denoiser, batch);
        var seconds = watch.Elapsed.TotalSeconds / batch * _options.Images * Nfe;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"metrics {_options.Names} every {_options.Every / 1000.0:0.###} kimg: {_options.Images} images of NFE {Nfe}, about {seconds:0.#} s of sampling each time");
    }

    /// <summary>Samples and measures.</summary>
    /// <exception cref="InvalidDataException">The samples are not finite.</exception>
    /// <exception cref="InvalidInputException">The features are not finite, or too few.</exception>
    public TrainingMetricsResult Measure(IDenoiser denoiser, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var evaluation = new ModelEvaluation(denoiser, new Sampler(new Heun(), _options.Steps).Build(denoiser).Tableau, _extractor, _reference, _options.ToEvaluation(), _classNames);
        var images = new ImageGeneratorOptions { Seeds = [.. Enumerable.Range(0, _options.Images).Select(seed => (long)seed)], Batch = _options.Batch };
        var values = evaluation.Run(images, cancellation: cancellation);
        return new TrainingMetricsResult(values, _options.Images, evaluation.Cost.Nfe, watch.Elapsed.TotalSeconds);
    }

    /// <summary>Frees the feature network and the reference.</summary>
    public void Dispose()
    {
        _extractor.Dispose();
        _reference?.Dispose();
    }

    private static void Evaluate(IDenoiser denoiser, int batch)
    {
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var shape = denoiser.Shape;
        var labels = denoiser.LabelDim == 0 ? null : torch.zeros([batch, denoiser.LabelDim], device: denoiser.Device);
        var images = torch.zeros([batch, shape.Channels, shape.Height, shape.Width], device: denoiser.Device);
        denoiser.Denoise(images, torch.tensor([denoiser.RoundSigma(1)]), new Condition(labels)).to(Device.CPU);
    }
}
