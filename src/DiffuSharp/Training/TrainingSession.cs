using DiffuSharp.Data;
using DiffuSharp.Denoising;
using DiffuSharp.Networks;
using DiffuSharp.Torch;
using DiffuSharp.Torch.Distributed;
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
    private readonly ProcessGroup? _group;
    private readonly ProcessGroup? _ofGradients;
    private readonly GradientBuckets? _buckets;
    private readonly int _part;
    private readonly int _start;

    /// <summary>Makes fresh weights.</summary>
    /// <param name="options">The run.</param>
    /// <param name="description">What the model will be.</param>
    /// <param name="loss">What is minimised.</param>
    /// <param name="images">What it is trained on.</param>
    /// <param name="group">The ranks that share each batch; null for this process alone.</param>
    /// <param name="precision">Of weights and computation.</param>
    public TrainingSession(
        TrainingOptions options, ModelDescription description, TrainingLoss loss, ITrainingImages images, ProcessGroup? group = null,
        ScalarType precision = ScalarType.Float32)
    {
        _options = options;
        _images = images;
        _device = options.ParseDevice();
        LabelNames = description.LabelNames;
        Model = new DiffusionModel(description, SeedMix.ForWeights(options.Seed));
        Model.Network.to(_device, precision);
        Adam = new Adam(Model.Network.parameters(), options.Lr);
        Ema = new ExponentialMovingAverage(
            Model.Network, new ExponentialMovingAverageOptions { HalfLife = options.Ema, RampUpRatio = options.EmaRampup });
        _loss = loss;
        _augmentation = options.Augment > 0 ? new AugmentationPipe(new AugmentationOptions { Probability = options.Augment }) : null;
        _group = group;
        _part = options.Batch / (group?.Size ?? 1);
        _start = _part * (group?.Rank ?? 0);
        if (group is not null)
        {
            var nccl = _device.Type == DeviceType.CUDA && ProcessGroup.Backends.Contains("nccl", StringComparison.Ordinal);
            _ofGradients = nccl ? group.With("nccl") : null;
            _buckets = new GradientBuckets(_ofGradients ?? group, Model.Network.parameters());
        }
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
        Model.Network.train();
        var sum = torch.zeros([], Model.Network.Dtype, _device);
        var squares = torch.zeros([], Model.Network.Dtype, _device);
        var at = 0;
        foreach (var micro in batch.Split(_options.BatchGpu ?? _part))
        {
            // Masks depend on where images lie in the batch, not on who takes them.
            torch.manual_seed(SeedMix.ForDropout(_options.Seed, ImagesSeen + _start + at));
            at += (int)micro.Images.size(0);
            if (at == _part)
            {
                _buckets?.Arm();
            }

            using var inner = torch.NewDisposeScope();
            var loss = Loss(micro);
            (loss.sum() / _options.Batch).backward();
            using var mode = torch.no_grad();
            sum.add_(loss.sum());
            squares.add_(loss.square().sum());
        }

        _buckets?.Finish();
        var result = Measure(sum, squares);
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

    /// <summary>Whether the ranks go on: the largest of what each wants.</summary>
    /// <param name="own">What this rank wants.</param>
    /// <exception cref="DistributedException">A rank is lost.</exception>
    public TrainingWish Agree(TrainingWish own)
    {
        if (_group is null)
        {
            return own;
        }

        using var wish = torch.scalar((long)own);
        _group.all_reduce(wish, ReduceOperation.Max);
        return (TrainingWish)wish.item<long>();
    }

    /// <summary>Gives the state of the first rank to all.</summary>
    /// <exception cref="DistributedException">A rank is lost.</exception>
    public void Synchronize()
    {
        if (_group is null)
        {
            return;
        }

        using var scope = torch.NewDisposeScope();
        using var mode = torch.no_grad();
        var counts = torch.tensor([ImagesSeen, Adam.Steps]);
        _group.broadcast(counts);
        var network = Broadcast(Model.Network.state_dict());
        var average = Broadcast(Ema.state_dict());
        var moments = Broadcast(Adam.state_dict());
        if (_group.Rank > 0)
        {
            var values = counts.ToArray<long>();
            Model.Network.load_state_dict(network);
            Ema.load_state_dict(average);
            Adam.load_state_dict(moments, values[1]);
            ImagesSeen = values[0];
        }
    }

    /// <summary>Frees the weights, the moments and the images.</summary>
    public void Dispose()
    {
        _buckets?.Dispose();
        _ofGradients?.Dispose();
        Model.Dispose();
        Ema.Dispose();
        Adam.Dispose();
        _images.Dispose();
    }

    private Dictionary<string, Tensor> Broadcast(IEnumerable<(string Name, Tensor Value)> tensors) => tensors.ToDictionary(
        entry => entry.Name,
        entry =>
        {
            var value = entry.Value.detach().to(Device.CPU).contiguous();
            _group!.broadcast(value);
            return value;
        },
        StringComparer.Ordinal);

    // Everything random of the step is drawn here for the whole batch, so that micro-batches and ranks do not change it.
    private TrainingBatch Draw()
    {
        using var scope = torch.NewDisposeScope();
        using var generator = new Generator(SeedMix.ForDraws(_options.Seed, ImagesSeen));
        var (pixels, labels) = _images.Take(ImagesSeen + _start, _part);
        var images = PixelTensor.ToFloat(pixels);
        Tensor? augmentation = null;
        if (_augmentation is not null)
        {
            (images, augmentation) = _augmentation.Apply(images, generator, _start, _options.Batch);
        }

        var draws = _loss.Draw(_options.Batch, Model.Network.Shape, generator);
        var (unit, noise) = (draws.Unit.narrow(0, _start, _part), draws.Noise.narrow(0, _start, _part));
        return new TrainingBatch(images, labels, augmentation, unit, noise.to(_device)).MoveToOuterDisposeScope();
    }

    private Tensor Loss(TrainingBatch batch) => _loss.Compute(
        Model.Denoiser, batch.Images, new Condition(batch.Labels, batch.Augmentation), new LossDraws(batch.Unit, batch.Noise)).PerPixel;

    // The only place where a step waits for the device.
    private StepResult Measure(Tensor sum, Tensor squares)
    {
        using var mode = torch.no_grad();
        var gradients = Array.ConvertAll(
            Model.Network.parameters(), p => p.grad ?? throw new InvalidOperationException("a parameter has no gradient"));
        var norm = torch.stack(s_norm.CallList(gradients, 2.0)).square().sum().sqrt();
        var values = torch.stack([sum, squares, norm]).to(Device.CPU, ScalarType.Float64);
        _group?.all_reduce(values.narrow(0, 0, 2));
        var numbers = values.ToArray<double>();
        return new StepResult((long)_options.Batch * Model.Network.Shape.Count, numbers[0], numbers[1], numbers[2]);
    }
}
