using DiffuSharp.Data;
using DiffuSharp.Metrics;
using DiffuSharp.Networks.Classifiers;
using DiffuSharp.Torch;
using DiffuSharp.Torch.Optim;

namespace DiffuSharp.Training.Classifiers;

/// <summary>
/// Trains a classifier and measures it on images that it was not trained on. What a step draws depends only on the seed and the images seen,
/// so a run with one number of threads can be repeated exactly.
/// </summary>
public sealed class ClassifierTrainer
{
    private const double WarmUp = 0.05;
    private const double LastLr = 0.01;
    private const int TestBatch = 256;

    private readonly ClassifierTrainingOptions _options;
    private readonly Device _device;

    /// <summary>Checks the options.</summary>
    /// <exception cref="InvalidInputException">One is out of range.</exception>
    public ClassifierTrainer(ClassifierTrainingOptions options, Device? device = null)
    {
        options.Validate();
        _options = options;
        _device = device ?? Device.CPU;
    }

    /// <summary>Told what is to be known of the data, such as classes that are matched by numbers alone.</summary>
    public IProgress<string>? Remarks { get; init; }

    /// <summary>Trains, measures the accuracy of the last weights, and returns the classifier, ready to run.</summary>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellation">Stops after the step that runs; nothing is returned.</param>
    /// <exception cref="InvalidInputException">A data set is missing, has no classes, or the two do not fit.</exception>
    /// <exception cref="NonFiniteException">The loss was not finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public ClassifierModel Train(IProgress<ClassifierTrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        using var training = Open(_options.Data);
        using var tested = Open(_options.TestData);
        if (tested.Shape != training.Shape || (tested.LabelCount != training.LabelCount && tested.LabelNames is null))
        {
            throw new InvalidInputException(
                $"{_options.TestData}: {tested.Shape} images of {tested.LabelCount} classes do not fit the training images, {training.Shape} of {training.LabelCount} classes");
        }

        var test = RelabelledDataset.Of(tested, new ClassList(training.Name, training.LabelCount, training.LabelNames), Remarks);
        var network = Classifier.Create(Network(training), SeedMix.ForWeights(_options.Seed));
        try
        {
            network.to(_device);
            Train(network, training, progress, cancellation);
            network.requires_grad_(false);
            network.eval();
            var accuracy = Measure(network, test, cancellation);
            return new ClassifierModel(Describe(network, training, test, accuracy), network);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private IImageDataset Open(string name) =>
        ImageDataset.Open(name, new ImageDatasetOptions { Labels = LabelUse.Required, Remarks = Remarks });

    private static ClassAccuracyResult Measure(Classifier network, IImageDataset test, CancellationToken cancellation)
    {
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var logits = new List<Tensor>();
        var classes = new List<long>();
        for (var start = 0; start < test.Count; start += TestBatch)
        {
            cancellation.ThrowIfCancellationRequested();
            using var inner = torch.NewDisposeScope();
            long[] indices = [.. Enumerable.Range(start, Math.Min(TestBatch, test.Count - start)).Select(i => (long)i)];
            var (pixels, labels) = HostBatch.Read(test, indices).To(network.Device);
            logits.Add(network.Forward(PixelTensor.ToFloat(pixels)).Logits.MoveToOuterDisposeScope());
            classes.AddRange(labels!.argmax(1).ToArray<long>());
        }

        return ClassAccuracy.Compute(torch.cat([.. logits]), classes);
    }

    private ClassifierOptions Network(IImageDataset data) => _options.Architecture == MixerClassifierOptions.Name
        ? new MixerClassifierOptions
        {
            ImgChannels = data.Shape.Channels, ImgHeight = data.Shape.Height, ImgWidth = data.Shape.Width, LabelDim = data.LabelCount,
        }
        : new ConvolutionalClassifierOptions
        {
            ImgChannels = data.Shape.Channels, ImgHeight = data.Shape.Height, ImgWidth = data.Shape.Width, LabelDim = data.LabelCount,
        };

    private void Train(
        Classifier network, IImageDataset data, IProgress<ClassifierTrainingProgress>? progress, CancellationToken cancellation)
    {
        using var mode = torch.enable_grad();
        using var images = new ResidentImages(data, _device, new DataOrder(data.Count, _options.Seed), cancellation);
        using var adam = new Adam(network.parameters(), _options.Lr, weight_decay: _options.WeightDecay);
        var total = (long)_options.Epochs * data.Count;
        for (long seen = 0; seen < total; seen += _options.Batch)
        {
            cancellation.ThrowIfCancellationRequested();
            adam.LearningRate = LearningRate((double)seen / total);
            var loss = Step(network, adam, images, seen);
            progress?.Report(new ClassifierTrainingProgress(Math.Min(1, (double)(seen + _options.Batch) / total), loss));
        }
    }

    private double Step(Classifier network, Adam adam, ResidentImages images, long seen)
    {
        using var scope = torch.NewDisposeScope();
        using var generator = new Generator(SeedMix.ForDraws(_options.Seed, seen));
        var (pixels, labels) = images.Take(seen, _options.Batch);
        var x = PixelTensor.ToFloat(ClassifierAugmentation.Apply(pixels, _options.Shift, _options.XFlip, generator));
        var logits = network.Forward(x).Logits;
        var loss = torch.nn.functional.cross_entropy(logits, labels!.argmax(1), _options.LabelSmoothing);
        var value = loss.detach().ToDouble();
        if (!double.IsFinite(value))
        {
            throw new NonFiniteException($"the loss is {value} after {seen} images; use a smaller --lr", "");
        }

        network.zero_grad();
        loss.backward();
        adam.step();
        return value;
    }

    // Linear warm-up, then half a cosine down to a hundredth.
    private double LearningRate(double fraction) => fraction < WarmUp
        ? _options.Lr * (0.1 + (0.9 * fraction / WarmUp))
        : _options.Lr * (LastLr + ((1 - LastLr) * 0.5 * (1 + Math.Cos(Math.PI * (fraction - WarmUp) / (1 - WarmUp)))));

    private ClassifierDescription Describe(Classifier network, IImageDataset training, IImageDataset test, ClassAccuracyResult accuracy) => new()
    {
        Network = network.Options,
        LabelNames = training.LabelNames,
        Dataset = training.Name,
        Epochs = _options.Epochs,
        Seed = _options.Seed,
        TestDataset = test.Name,
        TestImages = test.Count,
        TestAccuracy = accuracy.Value,
    };
}
