using System.Diagnostics;
using DiffuSharp.Denoising;
using DiffuSharp.Networks;
using DiffuSharp.Torch;
using DiffuSharp.Torch.Optim;
using DiffuSharp.Training.Losses;

namespace DiffuSharp.Benchmarking;

/// <summary>
/// Times one network on one batch of noise: the cost of a network evaluation in sampling, or of a training step. Compare
/// machines and programs only at equal network, batch and threads.
/// </summary>
public static class ThroughputBenchmark
{
    private const double InferenceSigma = 1.5;

    /// <summary>Runs the benchmark. In training mode the weights are changed.</summary>
    /// <param name="model">The network, with any weights.</param>
    /// <param name="options">Mode, batch, repeats.</param>
    /// <param name="progress">Told the part that is done, 0 to 1, after each repeat.</param>
    /// <param name="cancellation">Stops between two repeats.</param>
    /// <exception cref="InvalidInputException">An option is out of range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ThroughputResult Run(
        DiffusionModel model, ThroughputOptions options, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        if (options.Mode == BenchmarkMode.Inference)
        {
            model.Network.eval();
            model.Network.requires_grad_(false);
            return Run(model.Denoiser, options, progress, cancellation);
        }

        options.Validate();
        using var scope = torch.NewDisposeScope();
        var images = Images(model.Denoiser, options.Batch);
        var labels = Labels(model.Denoiser, options.Batch);
        model.Network.train();
        model.Network.requires_grad_(true);
        var dimension = model.Description.Network.AugmentDim;
        var augmentation = dimension == 0 ? null : torch.zeros([options.Batch, dimension], device: model.Denoiser.Device);
        using var optimizer = new Adam(model.Network.parameters(), lr: 1e-3);
        return Time(
            () => Train(model, optimizer, images, new Condition(labels, augmentation)), model.Denoiser.Device, options, progress, cancellation);
    }

    /// <summary>Runs the benchmark on any denoiser; only <see cref="BenchmarkMode.Inference"/>.</summary>
    /// <param name="denoiser">The model.</param>
    /// <param name="options">Mode, batch, repeats.</param>
    /// <param name="progress">Told the part that is done, 0 to 1, after each repeat.</param>
    /// <param name="cancellation">Stops between two repeats.</param>
    /// <exception cref="InvalidInputException">An option is out of range, or training is asked for.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ThroughputResult Run(
        IDenoiser denoiser, ThroughputOptions options, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        options.Validate();
        if (options.Mode != BenchmarkMode.Inference)
        {
            throw new InvalidInputException("mode training: only a network of this program can be trained; use mode inference");
        }

        using var scope = torch.NewDisposeScope();
        var images = Images(denoiser, options.Batch);
        var labels = Labels(denoiser, options.Batch);
        return Time(() => Evaluate(denoiser, images, labels), denoiser.Device, options, progress, cancellation);
    }

    private static ThroughputResult Time(
        Action step, Device device, ThroughputOptions options, IProgress<double>? progress, CancellationToken cancellation)
    {
        var seconds = new List<double>();
        for (var i = 0; i < options.WarmUp + options.Repeats; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var watch = Stopwatch.StartNew();
            step();
            if (device.Type == DeviceType.CUDA)
            {
                torch.cuda.synchronize();
            }

            if (i >= options.WarmUp)
            {
                seconds.Add(watch.Elapsed.TotalSeconds);
            }

            progress?.Report((i + 1.0) / (options.WarmUp + options.Repeats));
        }

        return new ThroughputResult(options.Batch, seconds);
    }

    private static void Evaluate(IDenoiser denoiser, Tensor images, Tensor? labels)
    {
        using var scope = torch.NewDisposeScope();
        using var mode = torch.no_grad();
        denoiser.Denoise(images, torch.tensor([InferenceSigma]), new Condition(labels));
    }

    private static void Train(DiffusionModel model, Adam optimizer, Tensor images, Condition condition)
    {
        using var scope = torch.NewDisposeScope();
        using var generator = new Generator(0);
        model.Network.zero_grad();
        var batch = (int)images.size(0);
        var loss = new EdmLoss();
        var values = loss.Compute(model.Denoiser, images, condition, loss.Draw(batch, model.Denoiser.Shape, generator));
        (values.PerPixel.sum() / (double)batch).backward();
        optimizer.step();
    }

    private static Tensor Images(IDenoiser denoiser, int batch)
    {
        var shape = denoiser.Shape;
        using var generator = new Generator(0);
        return torch.randn([batch, shape.Channels, shape.Height, shape.Width], generator).to(denoiser.Device);
    }

    private static Tensor? Labels(IDenoiser denoiser, int batch)
    {
        var classes = denoiser.LabelDim;
        if (classes == 0)
        {
            return null;
        }

        var cycle = torch.tensor([.. Enumerable.Range(0, batch).Select(i => (long)(i % classes))]);
        return torch.nn.functional.one_hot(cycle, classes).to(denoiser.Device, ScalarType.Float32);
    }
}
