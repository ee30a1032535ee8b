namespace DiffuSharp.Tuning.Losses;

/// <summary>What <see cref="TeacherLoss"/> compares. Both distances are in units of the teacher's own variance: 1 is the mean image's.</summary>
public sealed record TeacherLossOptions
{
    /// <summary>Weight of the squared distance of pixels.</summary>
    public double PixelWeight { get; init; } = 1;

    /// <summary>Weight of the squared distance of features, where there are any.</summary>
    public double FeatureWeight { get; init; } = 1;

    /// <summary>Checks the options.</summary>
    /// <exception cref="InvalidInputException">One line that names the option.</exception>
    public void Validate()
    {
        if (!(PixelWeight >= 0 && FeatureWeight >= 0 && double.IsFinite(PixelWeight + FeatureWeight)) || PixelWeight + FeatureWeight == 0)
        {
            throw new InvalidInputException($"pixel weight {PixelWeight:R} and feature weight {FeatureWeight:R}: neither may be negative, one must be positive");
        }
    }
}
