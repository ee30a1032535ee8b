using System.Diagnostics;
using DiffuSharp.Data;
using DiffuSharp.Denoising;
using DiffuSharp.Sampling;
using DiffuSharp.Torch;

namespace DiffuSharp.Likelihood;

/// <summary>The protocol "vlb" on a data set: <see cref="VariationalBound"/> of a discrete process with any denoiser.</summary>
public sealed class VariationalLikelihood
{
    private readonly IDenoiser _denoiser;
    private readonly VariationalLikelihoodOptions _options;
    private readonly VariationalBound _bound;

    /// <summary>Checks the options.</summary>
    /// <param name="denoiser">The model; it must know the noise levels of the process.</param>
    /// <param name="options">Process, variance, number of steps, seed.</param>
    /// <exception cref="InvalidInputException">The options do not fit the model.</exception>
    public VariationalLikelihood(IDenoiser denoiser, VariationalLikelihoodOptions options)
    {
        options.Validate(denoiser);
        (_denoiser, _options) = (denoiser, options);
        _bound = new VariationalBound(new ReverseProcess(denoiser, options.Schedule, options.Variance, options.Clip), options.Cdf);
    }

    /// <summary>What the numbers depend on, in words.</summary>
    public string Description
    {
        get
        {
            var schedule = _options.Schedule;
            var steps = _options.Draws is { } draws
                ? $"unbiased estimate from {draws} of the steps of each image, stratified, drawn in proportion to the terms of pixels of std 0.5"
                : "all steps of each image";
            return $"variational bound of {schedule.T} steps, sigma {schedule.Sigma(1):0.####} to {schedule.Sigma(schedule.T):0.####}, variance "
                + $"{Spelling(_options.Variance)}, x0 {(_options.Clip ? "clipped" : "not clipped")}, decoder of normal bins "
                + $"({(_options.Cdf == NormalCdf.Erf ? "erf" : "tanh")}), {steps}";
        }
    }

    /// <summary>Bits per dimension of all images of a data set; a model with classes is given the labels of the data.</summary>
    /// <param name="images">8-bit images of the model's shape.</param>
    /// <param name="progress">Told the part that is done.</param>
    /// <param name="cancellation">Stops after the evaluation that is running.</param>
    /// <exception cref="InvalidInputException">The data do not fit the model.</exception>
    public BitsPerDimension Measure(
        IImageDataset images, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ImageBatch.Check(_denoiser, images);
        var watch = Stopwatch.StartNew();
        var evaluations = _denoiser.Evaluations;
        var terms = new List<BoundTerms>();
        var full = new List<VariationalBoundResult>();
        for (var start = 0; start < images.Count; start += _options.Batch)
        {
            using var scope = torch.NewDisposeScope();
            var (first, batch) = (start, Math.Min(_options.Batch, images.Count - start));
            var condition = ImageBatch.Labels(_denoiser, images, first, batch) is { } labels ? new Condition(labels) : null;
            using var noise = new SeededNoise(Enumerable.Range(first, batch).Select(i => _options.Seed + i), images.Shape);
            var clean = ImageBatch.Clean(images, first, batch);
            if (_options.Draws is { } draws)
            {
                terms.AddRange(Estimate(clean, draws, noise, first, condition, cancellation));
            }
            else
            {
                var report = new Steps(done => progress?.Report((first + (batch * done / (double)_options.Schedule.T)) / images.Count));
                full.Add(_bound.Evaluate(clean, noise, condition, report, cancellation));
                terms.AddRange(full[^1].Parts);
            }

            progress?.Report((first + batch) / (double)images.Count);
        }

        return new BitsPerDimension
        {
            Protocol = "vlb",
            Description = Description + (_denoiser.LabelDim > 0 ? ", given the class" : ""),
            Seed = _options.Seed,
            Values = [.. terms.Select(t => t.Total)],
            Terms = BoundTerms.Average(terms),
            Curve = full.Count > 0 ? VariationalBoundResult.Join(full).Curve() : null,
            Nfe = (_denoiser.Evaluations - evaluations) / (double)images.Count,
            VectorJacobianProducts = 0,
            Seconds = watch.Elapsed.TotalSeconds,
        };
    }

    private IReadOnlyList<BoundTerms> Estimate(
        Tensor clean, int draws, SeededNoise noise, int first, Condition? condition, CancellationToken cancellation)
    {
        Generator[] steps = [.. Enumerable.Range(first, (int)clean.size(0)).Select(i => new Generator(~(ulong)(_options.Seed + i) & uint.MaxValue))];
        try
        {
            return _bound.Estimate(clean, draws, noise, steps, condition, cancellation);
        }
        finally
        {
            Array.ForEach(steps, generator => generator.Dispose());
        }
    }

    private static string Spelling(ReverseVariance variance) => variance switch
    {
        ReverseVariance.FixedSmall => "fixed-small",
        ReverseVariance.FixedLarge => "fixed-large",
        _ => "learned",
    };

    private sealed class Steps(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
