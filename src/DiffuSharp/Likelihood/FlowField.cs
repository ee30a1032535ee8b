using DiffuSharp.Denoising;
using DiffuSharp.Torch;

namespace DiffuSharp.Likelihood;

/// <summary>
/// The probability-flow ODE in u = ln σ: dx/du = x − D(x; σ) (Karras et al. 2022, eq. 1 and 3). With a trace estimator the state has one
/// value more, the integral of the divergence for each dimension: (C·H·W − tr ∂D/∂x)/(C·H·W), in nats.
/// </summary>
/// <param name="denoiser">D.</param>
/// <param name="labels">[images, label_dim], or null.</param>
/// <param name="trace">Finds the trace; null leaves the divergence out.</param>
internal sealed class FlowField(IDenoiser denoiser, Tensor? labels = null, TraceEstimator? trace = null)
{
    /// <summary>Values of an image.</summary>
    public int Coordinates => denoiser.Shape.Count;

    /// <summary>Values of a state: the image, then the integral if there is one.</summary>
    public int Size => Coordinates + (trace is null ? 0 : 1);

    /// <summary>Vector-Jacobian products so far, counted per image.</summary>
    public long VectorJacobianProducts { get; private set; }

    /// <summary>Slopes of some images.</summary>
    /// <param name="images">Their numbers within the labels and the trace's vectors.</param>
    /// <param name="logSigmas">ln σ of each.</param>
    /// <param name="states">The state of each.</param>
    /// <returns>d(state)/d(ln σ) of each.</returns>
    public double[][] Slopes(int[] images, double[] logSigmas, double[][] states)
    {
        using var scope = torch.NewDisposeScope();
        var shape = denoiser.Shape;
        var points = new double[images.Length * Coordinates];
        for (var i = 0; i < images.Length; i++)
        {
            states[i].AsSpan(0, Coordinates).CopyTo(points.AsSpan(i * Coordinates));
        }

        var x = torch.tensor(points, [images.Length, shape.Channels, shape.Height, shape.Width], device: denoiser.Device);
        var sigma = torch.tensor(Array.ConvertAll(logSigmas, Math.Exp));
        var rows = torch.tensor(Array.ConvertAll(images, i => (long)i), device: denoiser.Device);
        var condition = labels is null ? null : new Condition(labels.index_select(0, rows));
        using var mode = trace is null ? torch.no_grad() : torch.enable_grad();
        x.requires_grad_(trace is not null);
        var denoised = denoiser.Denoise(x, sigma, condition);
        var traces = trace is null ? null : Traces(x, denoised, rows);
        return Slopes(points, denoised.detach().to(Device.CPU, ScalarType.Float64).contiguous().ToArray<double>(), traces);
    }

    private double[] Traces(Tensor x, Tensor denoised, Tensor rows)
    {
        var sums = new double[rows.size(0)];
        for (var p = 0; p < trace!.Count; p++)
        {
            using var scope = torch.NewDisposeScope();
            var v = trace.Vectors(p, rows);
            var cotangent = v.to(denoised.dtype).reshape(denoised.shape);
            var gradient = torch.autograd.grad([denoised], [x], [cotangent], retain_graph: p + 1 < trace.Count)[0];
            VectorJacobianProducts += sums.Length;
            if (gradient is null)
            {
                continue;
            }

            var products = (gradient.flatten(1) * v.to(gradient.dtype)).sum([1]).to(Device.CPU, ScalarType.Float64).ToArray<double>();
            for (var i = 0; i < sums.Length; i++)
            {
                sums[i] += trace.Weight * products[i];
            }
        }

        return sums;
    }

    private double[][] Slopes(double[] points, double[] denoised, double[]? traces)
    {
        var slopes = new double[points.Length / Coordinates][];
        for (var i = 0; i < slopes.Length; i++)
        {
            slopes[i] = new double[Size];
            var start = i * Coordinates;
            for (var j = 0; j < Coordinates; j++)
            {
                slopes[i][j] = points[start + j] - denoised[start + j];
            }

            if (traces is not null)
            {
                slopes[i][Coordinates] = 1 - (traces[i] / Coordinates);
            }
        }

        return slopes;
    }
}
