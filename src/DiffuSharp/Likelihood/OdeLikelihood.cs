using System.Diagnostics;
using DiffuSharp.Data;
using DiffuSharp.Denoising;
using DiffuSharp.Torch;

namespace DiffuSharp.Likelihood;

/// <summary>
/// Likelihood by the probability-flow ODE (Song et al. 2021, appendix D.2): ln p(x) = ln N(x_T; 0, σ_max² I) + ∫ div d(ln σ), the
/// instantaneous change of variables, with the divergence from vector-Jacobian products of the denoiser. p is the model's density at σ_min;
/// the prior N(0, σ_max² I) leaves the variance of the data out, which is a relative error of var(data)/σ_max² in the variance.
/// </summary>
public sealed class OdeLikelihood
{
    private readonly IDenoiser _denoiser;
    private readonly OdeLikelihoodOptions _options;
    private readonly ProbabilityFlow _flow;

    /// <summary>Checks the options.</summary>
    /// <param name="denoiser">The model; differentiable with respect to the image.</param>
    /// <param name="options">Solver, trace, dequantisation, seed.</param>
    /// <exception cref="InvalidInputException">The options do not fit the model.</exception>
    public OdeLikelihood(IDenoiser denoiser, OdeLikelihoodOptions options)
    {
        options.Validate(denoiser);
        (_denoiser, _options, _flow) = (denoiser, options, new ProbabilityFlow(denoiser, options.Flow));
    }

    /// <summary>
    /// Bits per dimension between a density in the model's unit and the probability of bytes: x = (u8 + U)/127.5 − 1 is 127.5 levels a unit, so
    /// log₂ 127.5.
    /// </summary>
    public static double Offset { get; } = Math.Log2(127.5);

    /// <summary>Vector-Jacobian products so far, counted per image.</summary>
    public long VectorJacobianProducts { get; private set; }

    /// <summary>What the numbers depend on, in words.</summary>
    public string Description
    {
        get
        {
            var flow = _options.Flow;
            var noise = _options.Dequantisation == Dequantisation.Above ? "[0,1)" : "[-0.5,0.5)";
            var solver = flow.Solver == FlowSolver.Heun
                ? $"Heun, {flow.NumSteps} steps, rho {flow.Rho:R}"
                : $"RK45, rtol {flow.Rtol:R}, atol {flow.Atol:R} for each image";
            var trace = _options.Trace == TraceKind.Exact ? "exact trace" : $"Hutchinson trace, Rademacher, probes {_options.Probes}";
            return $"probability-flow ODE from sigma {_flow.Range.Min:R} to {_flow.Range.Max:R}, {solver}, {trace}, prior N(0, sigma_max^2), "
                + $"x = (u8+U)/127.5-1 with U uniform in {noise}, offset log2 127.5 = {Offset:F4}";
        }
    }

    /// <summary>ln p(x; σ_min) of points in the model's unit, in nats.</summary>
    /// <param name="points">[N,C,H,W].</param>
    /// <param name="seeds">Seed of each image's vectors; not used by the exact trace.</param>
    /// <param name="labels">[N, label_dim], or null.</param>
    /// <param name="cancellation">Stops after the evaluation that is running.</param>
    /// <exception cref="InvalidInputException">The tolerances cannot be kept.</exception>
    public double[] LogDensity(
        Tensor points, IReadOnlyList<long> seeds, Tensor? labels = null, CancellationToken cancellation = default)
    {
        using var scope = torch.NewDisposeScope();
        var size = _denoiser.Shape.Count;
        var values = points.detach().to(Device.CPU, ScalarType.Float64).contiguous().ToArray<double>();
        var result = new double[seeds.Count];
        for (var start = 0; start < seeds.Count; start += _options.Flow.Batch)
        {
            var batch = Math.Min(_options.Flow.Batch, seeds.Count - start);
            double[][] x = [.. Enumerable.Range(start, batch).Select(i => values.AsSpan(i * size, size).ToArray())];
            using var noise = new LikelihoodNoise(seeds.Skip(start).Take(batch), size);
            LogDensity(x, noise, labels?.narrow(0, start, batch), null, cancellation).CopyTo(result.AsSpan(start));
        }

        return result;
    }

    /// <summary>Bits per dimension of all images of a data set; a model with classes is given the labels of the data.</summary>
    /// <param name="images">8-bit images of the model's shape.</param>
    /// <param name="progress">Told the part that is done.</param>
    /// <param name="cancellation">Stops after the evaluation that is running.</param>
    /// <exception cref="InvalidInputException">The data do not fit the model, or the tolerances cannot be kept.</exception>
    public BitsPerDimension Measure(
        IImageDataset images, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ImageBatch.Check(_denoiser, images);
        var watch = Stopwatch.StartNew();
        var (evaluations, products, size) = (_denoiser.Evaluations, VectorJacobianProducts, _denoiser.Shape.Count);
        var bits = new double[images.Count];
        for (var start = 0; start < images.Count; start += _options.Flow.Batch)
        {
            using var scope = torch.NewDisposeScope();
            var (first, batch) = (start, Math.Min(_options.Flow.Batch, images.Count - start));
            using var noise = new LikelihoodNoise(Enumerable.Range(first, batch).Select(i => _options.Seed + i), size);
            var x = noise.Dequantise(ImageBatch.Pixels(images, first, batch), _options.Dequantisation);
            var nats = LogDensity(
                x, noise, ImageBatch.Labels(_denoiser, images, first, batch),
                part => progress?.Report((first + (batch * part)) / images.Count), cancellation);
            for (var i = 0; i < batch; i++)
            {
                bits[first + i] = Offset - (nats[i] / (size * Math.Log(2)));
            }
        }

        return new BitsPerDimension
        {
            Protocol = "ode",
            Description = Description + (_denoiser.LabelDim > 0 ? ", given the class" : ""),
            Seed = _options.Seed,
            Values = bits,
            Nfe = (_denoiser.Evaluations - evaluations) / (double)images.Count,
            VectorJacobianProducts = (VectorJacobianProducts - products) / (double)images.Count,
            Seconds = watch.Elapsed.TotalSeconds,
        };
    }

    private double[] LogDensity(
        double[][] points, LikelihoodNoise noise, Tensor? labels, Action<double>? progress, CancellationToken cancellation)
    {
        using var scope = torch.NewDisposeScope();
        var size = _denoiser.Shape.Count;
        TraceEstimator trace = _options.Trace == TraceKind.Exact
            ? new ExactTrace(size, _denoiser.Device)
            : new HutchinsonTrace(noise.Rademacher(_options.Probes).to(_denoiser.Device));
        var field = new FlowField(_denoiser, labels?.to(_denoiser.Device), trace);
        var states = Array.ConvertAll(points, point => (double[])[.. point, 0]);
        _flow.Follow(field, states, up: true, progress, cancellation);
        VectorJacobianProducts += field.VectorJacobianProducts;
        var variance = _flow.Range.Max * _flow.Range.Max;
        return Array.ConvertAll(states, state =>
            (size * (state[size] - (0.5 * Math.Log(2 * Math.PI * variance))))
            - (0.5 * state.Take(size).Sum(value => value * value) / variance));
    }
}
