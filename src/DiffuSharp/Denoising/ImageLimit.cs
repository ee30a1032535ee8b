using System.Text.Json.Serialization;

namespace DiffuSharp.Denoising;

/// <summary>How predicted clean images are limited.</summary>
/// <param name="Range">Largest absolute value of a pixel; with a ratio the largest threshold.</param>
/// <param name="Ratio">Quantile of an image's absolute values that is its threshold (dynamic thresholding); null for a fixed limit.</param>
public sealed record ImageLimit(double Range = 1, double? Ratio = null)
{
    /// <summary>Checks the values.</summary>
    /// <exception cref="InvalidInputException">One is out of range; one line.</exception>
    public void Validate()
    {
        if (!(Range > 0 && double.IsFinite(Range)) || (Ratio is not null && Range < 1))
        {
            throw new InvalidInputException($"clip range {Range:R}: must be a positive number, and at least 1 with a quantile");
        }

        if (Ratio is { } ratio && !(ratio is > 0 and <= 1))
        {
            throw new InvalidInputException($"clip quantile {ratio:R}: must be above 0 and at most 1");
        }
    }

    /// <summary>The denoiser with its images limited.</summary>
    /// <param name="denoiser">The caller keeps it.</param>
    public IDenoiser Apply(IDenoiser denoiser) =>
        Ratio is { } ratio ? new ThresholdedDenoiser(denoiser, ratio, Range) : new ClippedDenoiser(denoiser, -Range, Range);

    /// <summary>The flags of the command line that do so.</summary>
    [JsonIgnore]
    public string Flags => Ratio is { } ratio ? $"--clip-range {Range:R} --clip-quantile {ratio:R}" : Range == 1 ? "--clip-denoised" : $"--clip-range {Range:R}";

    /// <inheritdoc/>
    public override string ToString() => Ratio is { } ratio ? $"the {ratio:R} quantile of each, 1 to {Range:R}" : $"[-{Range:R}, {Range:R}]";
}
