using DiffuSharp.Data;
using DiffuSharp.Denoising;
using DiffuSharp.Schedules;
using DiffuSharp.Torch;

namespace DiffuSharp.Likelihood;

/// <summary>
/// The deterministic map between images and latents of a model: dx/dσ = (x − D(x; σ))/σ (Karras et al. 2022, eq. 1 and 3). An image is taken
/// for a point at σ_min, a latent is a point at σ_max, distributed nearly as N(0, σ_max² I).
/// </summary>
public sealed class ProbabilityFlow
{
    private readonly IDenoiser _denoiser;
    private readonly ProbabilityFlowOptions _options;

    /// <summary>Checks the options.</summary>
    /// <param name="denoiser">The model.</param>
    /// <param name="options">Range, solver, tolerances.</param>
    /// <exception cref="InvalidInputException">The options do not fit the model.</exception>
    public ProbabilityFlow(IDenoiser denoiser, ProbabilityFlowOptions options)
    {
        options.Validate(denoiser);
        (_denoiser, _options) = (denoiser, options);
        Range = options.Range(denoiser);
    }

    /// <summary>σ_min of images and σ_max of latents.</summary>
    public SigmaRange Range { get; }

    /// <summary>Images to latents.</summary>
    /// <param name="images">[N,C,H,W] in [−1, 1].</param>
    /// <param name="condition">Labels; null for none.</param>
    /// <param name="progress">Told the part that is done.</param>
    /// <param name="cancellation">Stops after the evaluation that is running.</param>
    /// <returns>[N,C,H,W], float64, on the CPU, with standard deviation about σ_max.</returns>
    /// <exception cref="InvalidInputException">Wrong shape, or the tolerances cannot be kept.</exception>
    public Tensor Encode(
        Tensor images, Condition? condition = null, IProgress<double>? progress = null, CancellationToken cancellation = default) =>
        Map(images, up: true, condition, progress, cancellation);

    /// <summary>The latents of a data set; a model with classes is given the labels of the data.</summary>
    /// <param name="images">8-bit images of the model's shape.</param>
    /// <param name="progress">Told the part that is done.</param>
    /// <param name="cancellation">Stops after the evaluation that is running.</param>
    /// <exception cref="InvalidInputException">The data do not fit the model, or the tolerances cannot be kept.</exception>
    public LatentsFile Encode(IImageDataset images, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ImageBatch.Check(_denoiser, images);
        var (shape, count, size) = (images.Shape, images.Count, images.Shape.Count);
        var latents = new double[(long)count * size];
        var labels = new float[(long)count * _denoiser.LabelDim];
        for (var start = 0; start < count; start += _options.Batch)
        {
            using var scope = torch.NewDisposeScope();
            var (first, batch) = (start, Math.Min(_options.Batch, count - start));
            var batchLabels = ImageBatch.Labels(_denoiser, images, first, batch);
            var encoded = Encode(
                ImageBatch.Clean(images, first, batch), batchLabels is null ? null : new Condition(batchLabels),
                new Part(progress, first / (double)count, batch / (double)count), cancellation);
            encoded.CopyTo(latents.AsSpan(first * size, batch * size));
            batchLabels?.CopyTo(labels.AsSpan(first * _denoiser.LabelDim, batch * _denoiser.LabelDim));
        }

        return new LatentsFile(shape, latents, labels, Range);
    }

    /// <summary>
    /// Latents to images: the inverse of <see cref="Encode(Tensor, Condition?, IProgress{double}?, CancellationToken)"/> up to the error
    /// of the solver.
    /// </summary>
    /// <param name="latents">[N,C,H,W] at σ_max.</param>
    /// <param name="condition">Labels; null for none.</param>
    /// <param name="progress">Told the part that is done.</param>
    /// <param name="cancellation">Stops after the evaluation that is running.</param>
    /// <returns>[N,C,H,W], float64, on the CPU, at σ_min.</returns>
    /// <exception cref="InvalidInputException">Wrong shape, or the tolerances cannot be kept.</exception>
    public Tensor Decode(
        Tensor latents, Condition? condition = null, IProgress<double>? progress = null, CancellationToken cancellation = default) =>
        Map(latents, up: false, condition, progress, cancellation);

    /// <summary>Moves states between the ends of the range.</summary>
    internal void Follow(FlowField field, double[][] states, bool up, Action<double>? progress, CancellationToken cancellation)
    {
        if (_options.Solver == FlowSolver.DormandPrince)
        {
            var (low, high) = (Math.Log(Range.Min), Math.Log(Range.Max));
            DormandPrince.Solve(field, states, up ? low : high, up ? high : low, _options, progress, cancellation);
            return;
        }

        var falling = NoiseLevels.EDM(_options.NumSteps + 1, Range, _options.Rho).Rounded(_denoiser.RoundSigma).Sigmas.SkipLast(1).Distinct();
        HeunFlow.Solve(field, states, [.. up ? falling.Reverse() : falling], progress, cancellation);
    }

    private Tensor Map(Tensor points, bool up, Condition? condition, IProgress<double>? progress, CancellationToken cancellation)
    {
        using var scope = torch.NewDisposeScope();
        var (shape, size) = (_denoiser.Shape, _denoiser.Shape.Count);
        if (points.ndim != 4 || points.size(1) != shape.Channels || points.size(2) != shape.Height || points.size(3) != shape.Width)
        {
            throw new InvalidInputException($"{points.Describe()}: the model works on [N,{shape.Channels},{shape.Height},{shape.Width}]");
        }

        var count = (int)points.size(0);
        var values = points.detach().to(Device.CPU, ScalarType.Float64).contiguous().ToArray<double>();
        var labels = condition?.Labels?.to(_denoiser.Device);
        for (var start = 0; start < count; start += _options.Batch)
        {
            var (first, batch) = (start, Math.Min(_options.Batch, count - start));
            double[][] states = [.. Enumerable.Range(first, batch).Select(i => values.AsSpan(i * size, size).ToArray())];
            var field = new FlowField(_denoiser, labels?.narrow(0, first, batch));
            Follow(field, states, up, part => progress?.Report((first + (batch * part)) / count), cancellation);
            for (var i = 0; i < batch; i++)
            {
                states[i].CopyTo(values.AsSpan((first + i) * size));
            }
        }

        return torch.tensor(values, points.shape).MoveToOuterDisposeScope();
    }

    /// <summary>A part of a longer work.</summary>
    private sealed class Part(IProgress<double>? whole, double start, double length) : IProgress<double>
    {
        public void Report(double value) => whole?.Report(start + (length * value));
    }
}
