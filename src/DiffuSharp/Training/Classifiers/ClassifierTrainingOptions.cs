using DiffuSharp.Networks.Classifiers;

namespace DiffuSharp.Training.Classifiers;

/// <summary>How a classifier is trained: Adam with decoupled weight decay, a short warm-up and a cosine decay of the step size.</summary>
public sealed record ClassifierTrainingOptions
{
    /// <summary>Data set to train on, with classes.</summary>
    public required string Data { get; init; }

    /// <summary>Data set to measure the accuracy on, with the same classes; never trained on.</summary>
    public required string TestData { get; init; }

    /// <summary><c>convolutional</c> or <c>mixer</c>.</summary>
    public string Architecture { get; init; } = ConvolutionalClassifierOptions.Name;

    /// <summary>Passes over the training images.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>Images of one step.</summary>
    public int Batch { get; init; } = 128;

    /// <summary>Largest step size.</summary>
    public double Lr { get; init; } = 2e-3;

    /// <summary>Decoupled weight decay.</summary>
    public double WeightDecay { get; init; } = 0.02;

    /// <summary>Part of the target spread over all classes.</summary>
    public double LabelSmoothing { get; init; } = 0.05;

    /// <summary>Largest shift of a training image in each direction, in pixels.</summary>
    public int Shift { get; init; } = 2;

    /// <summary>Whether half of the training images are mirrored left to right.</summary>
    public bool XFlip { get; init; } = true;

    /// <summary>Seed of weights, order and augmentation.</summary>
    public int Seed { get; init; }

    /// <summary>Checks the options.</summary>
    /// <exception cref="InvalidInputException">One line that names the option.</exception>
    public void Validate()
    {
        Require(Architecture is ConvolutionalClassifierOptions.Name or MixerClassifierOptions.Name, $"architecture {Architecture}: must be convolutional or mixer");
        Require(Epochs is >= 1 and <= 100_000, $"epochs {Epochs}: must be at least 1");
        Require(Batch is >= 1 and <= 1 << 16, $"batch {Batch}: must be at least 1 image");
        Require(Lr > 0 && double.IsFinite(Lr), $"lr {Lr}: must be positive");
        Require(WeightDecay >= 0 && double.IsFinite(WeightDecay), $"weight decay {WeightDecay}: must not be negative");
        Require(LabelSmoothing is >= 0 and < 1, $"label smoothing {LabelSmoothing}: must lie in [0, 1)");
        Require(Shift is >= 0 and <= 64, $"shift {Shift}: must lie between 0 and 64 pixels");
        Require(Seed >= 0, $"seed {Seed}: must not be negative");
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidInputException(message);
        }
    }
}
