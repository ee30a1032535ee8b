namespace DiffuSharp.Metrics;

/// <summary>How a Frechet distance depends on the number of generated images.</summary>
/// <param name="Limit">The fitted distance for N → ∞.</param>
/// <param name="Bias">What is fitted to be above the limit at the full N: slope/N.</param>
/// <param name="Slope">Slope in 1/N.</param>
public readonly record struct FrechetExtrapolationResult(double Limit, double Bias, double Slope);
