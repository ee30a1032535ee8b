using DiffuSharp.Data;
using DiffuSharp.Denoising;
using DiffuSharp.Networks;
using DiffuSharp.Torch;
using DiffuSharp.Torch.Optim;
using DiffuSharp.Training.Augmentation;
using DiffuSharp.Training.Losses;

namespace DiffuSharp.Training;

/// <summary>
/// The computation of a run without its files: network, averaged network, optimiser and data, one step at a time. Its state is the
/// weights, their average, Adam's moments and the number of images seen; nothing else carries over from step to step.
/// </summary>
internal sealed class TrainingSession : IDisposable
{
    private static readonly Operator s_norm = new("aten::_foreach_norm", "Scalar");

    private readonly TrainingOptions _options;
    private readonly ITrainingImages _images;
    private readonly AugmentationPipe? _augmentation;
    private readonly TrainingLoss _loss;
    private readonly Device _device;

    /// <summary>Makes fresh weights.</summary>
    public TrainingSession(TrainingOptions options, ModelDescription description, TrainingLoss loss, ITrainingImages images)
    {
        _options = options;
        _images = images;
        _device = options.ParseDevice();
        LabelNames = description.LabelNames;
        Model = new DiffusionModel(description, SeedMix.ForWeights(options.Seed));
        Model.To(_device);
        Adam = new Adam(Model.Network.parameters(), options.Lr);
        Ema = new ExponentialMovingAverage(
            Model.Network, new ExponentialMovingAverageOptions { HalfLife = options.Ema, RampUpRatio = options.EmaRampup });
        _loss = loss;
        _augmentation = options.Augment > 0 ? new AugmentationPipe(new AugmentationOptions { Probability = options.Augment }) : null;
    }

    /// <summary>Names of the classes in the order of the network; null where they have none.</summary>
    public IReadOnlyList<string>? LabelNames { get; }

    /// <summary>The network that is trained.</summary>
    public DiffusionModel Model { get; }

    /// <summary>Its averaged weights.</summary>
    public ExponentialMovingAverage Ema { get; }

    /// <summary>The optimiser.</summary>
    public Adam Adam { get; }

    /// <summary>Images seen so far: the clock of everything.</summary>
    public long ImagesSeen { get; set; }

    /// <summary>One step of training.</summary>
    /// <exception cref="NonFiniteException">The loss or the gradient is not finite; nothing was changed.</exception>
    public StepResult Step()
    {
        using var scope = torch.NewDisposeScope();
        var batch = Draw();
        torch.manual_seed(SeedMix.ForDropout(_options.Seed, ImagesSeen));
        Model.Network.train();
        var sum = torch.zeros([], device: _device);
        var squares = torch.zeros([], device: _device);
        foreach (var micro in batch.Split(_options.BatchGpu ?? _options.Batch))
        {
            using var inner = torch.NewDisposeScope();
            var loss = Loss(micro);
            (loss.sum() / _options.Batch).backward();
            using var mode = torch.no_grad();
            sum.add_(loss.sum());
            squares.add_(loss.square().sum());
        }

        var result = Measure(batch, sum, squares);
        if (!result.IsFinite)
        {
            throw NonFiniteSearch.Explain(Model.Network, () => Loss(batch), ImagesSeen);
        }

        Adam.LearningRate = LearningRate(ImagesSeen);
        Adam.step();
        Model.Network.zero_grad();
        Ema.Update(_options.Batch, ImagesSeen);
        ImagesSeen += _options.Batch;
        return result;
    }

    /// <summary>Linear rise from 0 over the first images (EDM, appendix F.2).</summary>
    public double LearningRate(long imagesSeen) =>
        imagesSeen >= _options.LrRampup ? _options.Lr : _options.Lr * imagesSeen / _options.LrRampup;

    /// <summary>Frees the weights, the moments and the images.</summary>
    public void Dispose()
    {
        Model.Dispose();
        Ema.Dispose();
        Adam.Dispose();
        _images.Dispose();
    }

    // Everything random of the step is drawn here for the whole batch, so that micro-batches do not change it.
    private TrainingBatch Draw()
    {
        using var scope = torch.NewDisposeScope();
        using var generator = new Generator(SeedMix.ForDraws(_options.Seed, ImagesSeen));
        var (pixels, labels) = _images.Take(ImagesSeen, _options.Batch);
        var images = PixelTensor.ToFloat(pixels);
        Tensor? augmentation = null;
        if (_augmentation is not null)
        {
            (images, augmentation) = _augmentation.Apply(images, generator);
        }

        var draws = _loss.Draw(_options.Batch, Model.Network.Shape, generator);
        return new TrainingBatch(images, labels, augmentation, draws.Unit, draws.Noise.to(_device)).MoveToOuterDisposeScope();
    }

    private Tensor Loss(TrainingBatch batch) => _loss.Compute(
        Model.Denoiser, batch.Images, new Condition(batch.Labels, batch.Augmentation), new LossDraws(batch.Unit, batch.Noise)).PerPixel;

    // The only place where a step waits for the device.
    private StepResult Measure(TrainingBatch batch, Tensor sum, Tensor squares)
    {
        using var mode = torch.no_grad();
        var gradients = Array.ConvertAll(
            Model.Network.parameters(), p => p.grad ?? throw new InvalidOperationException("a parameter has no gradient"));
        var norm = torch.stack(s_norm.CallList(gradients, 2.0)).square().sum().sqrt();
        var values = torch.stack([sum, squares, norm]).ToArray<float>();
        return new StepResult(batch.Images.numel(), values[0], values[1], values[2]);
    }
}
