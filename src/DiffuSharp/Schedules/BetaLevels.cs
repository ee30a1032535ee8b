namespace DiffuSharp.Schedules;

/// <summary>Levels at the quantiles of a beta distribution: many near both ends of the range (Lee et al. 2024, "Beta sampling is all you need").</summary>
public static class BetaLevels
{
    /// <summary>The usual shape, for both ends.</summary>
    public const double UsualShape = 0.6;

    /// <summary>σ_i = σ_min + (σ_max − σ_min) F⁻¹(1 − i/(N − 1)) for i &lt; N, then 0, F being the distribution function of Beta(a, b).</summary>
    /// <param name="numSteps">N, at least 2.</param>
    /// <param name="range">σ_min and σ_max.</param>
    /// <param name="a">First shape, greater than 0: smaller values put more levels near σ_min.</param>
    /// <param name="b">Second shape, greater than 0: smaller values put more levels near σ_max.</param>
    /// <exception cref="InvalidInputException">An option is out of range.</exception>
    public static NoiseLevels Create(int numSteps, SigmaRange range, double a = UsualShape, double b = UsualShape) =>
        a > 0 && b > 0 && double.IsFinite(a + b)
            ? NoiseLevels.Grid(numSteps, u => range.Min + ((range.Max - range.Min) * BetaDistribution.Quantile(1 - u, a, b)))
            : throw new InvalidInputException($"alpha is {a:R} and beta is {b:R}; the shapes of a beta distribution must be positive.");
}
