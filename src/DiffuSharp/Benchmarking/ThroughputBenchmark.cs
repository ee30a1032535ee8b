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
        options.Validate();
        using var scope = torch.NewDisposeScope();
        var images = Images(model, options.Batch);
        var labels = Labels(model, options.Batch);
        if (options.Mode == BenchmarkMode.Inference)
        {
            model.Network.eval();
            model.Network.requires_grad_(false);
            return Time(() => Evaluate(model, images, labels), model, options, progress, cancellation);
        }

        model.Network.train();
        model.Network.requires_grad_(true);
        var dimension = model.Description.Network.AugmentDim;
        var augmentation = dimension == 0 ? null : torch.zeros([options.Batch, dimension], device: model.Denoiser.Device);
        using var optimizer = new Adam(model.Network.parameters(), lr: 1e-3);
        return Time(
            () => Train(model, optimizer, images, new Condition(labels, augmentation)), model, options, progress, cancellation);
    }

    private static ThroughputResult Time(
        Action step, DiffusionModel model, ThroughputOptions options, IProgress<double>? progress, CancellationToken cancellation)
    {
        var seconds = new List<double>();
        for (var i = 0; i < options.WarmUp + options.Repeats; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var watch = Stopwatch.StartNew();
            step();
            if (model.Denoiser.Device.Type == DeviceType.CUDA)
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

    private static void Evaluate(DiffusionModel model, Tensor images, Tensor? labels)
    {
        using var scope = torch.NewDisposeScope();
        using var mode = torch.no_grad();
        model.Denoiser.Denoise(images, torch.tensor([InferenceSigma]), new Condition(labels));
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

    private static Tensor Images(DiffusionModel model, int batch)
    {
        var shape = model.Denoiser.Shape;
        using var generator = new Generator(0);
        return torch.randn([batch, shape.Channels, shape.Height, shape.Width], generator).to(model.Denoiser.Device);
    }

    private static Tensor? Labels(DiffusionModel model, int batch)
    {
        var classes = model.Denoiser.LabelDim;
        if (classes == 0)
        {
            return null;
        }

        var cycle = torch.tensor([.. Enumerable.Range(0, batch).Select(i => (long)(i % classes))]);
        return torch.nn.functional.one_hot(cycle, classes).to(model.Denoiser.Device, ScalarType.Float32);
    }
}
