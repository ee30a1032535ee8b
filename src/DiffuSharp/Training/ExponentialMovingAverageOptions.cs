namespace DiffuSharp.Training;

/// <summary>How fast an average of weights forgets (EDM, Karras et al. 2022, training configurations).</summary>
public sealed record ExponentialMovingAverageOptions
{
    /// <summary>Images after which a weight counts half; 500 000 for CIFAR-10.</summary>
    public double HalfLife { get; init; } = 500_000;

    /// <summary>
    /// The half-life is at most this part of the images seen, so that the start is forgotten; null for no limit.
    /// </summary>
    public double? RampUpRatio { get; init; } = 0.05;

    /// <summary>Checks the options.</summary>
    /// <exception cref="InvalidInputException">A number is not positive.</exception>
    public void Validate()
    {
        if (!(HalfLife > 0))
        {
            throw new InvalidInputException($"the half-life of the average is {HalfLife:R} images; it must be positive");
        }

        if (RampUpRatio is { } ratio && !(ratio > 0))
        {
            throw new InvalidInputException($"the ramp-up ratio of the average is {ratio:R}; it must be positive");
        }
    }
}
