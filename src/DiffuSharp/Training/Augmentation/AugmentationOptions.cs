namespace DiffuSharp.Training.Augmentation;

/// <summary>How often the training images are transformed.</summary>
public sealed record AugmentationOptions
{
    /// <summary>Probability of each transform, in [0, 1]; EDM takes 0.12 for CIFAR-10 and 0.15 at 64×64.</summary>
    public double Probability { get; init; } = 0.12;

    /// <summary>Checks the options.</summary>
    /// <exception cref="InvalidInputException">The probability is not in [0, 1].</exception>
    public void Validate()
    {
        if (!(Probability is >= 0 and <= 1))
        {
            throw new InvalidInputException($"the augmentation probability is {Probability:R}; it must lie in [0, 1]");
        }
    }
}
