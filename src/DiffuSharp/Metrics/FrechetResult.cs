namespace DiffuSharp.Metrics;

/// <summary>A Frechet distance with its parts.</summary>
/// <param name="Value">d² = |μ₁ − μ₂|² + tr Σ₁ + tr Σ₂ − 2 tr (Σ₁Σ₂)^½, the number that papers call FID.</param>
/// <param name="MeanTerm">|μ₁ − μ₂|².</param>
/// <param name="ClampedCount">Eigenvalues below zero that rounding had left and that were set to zero.</param>
/// <param name="ClampedSum">Their sum, not positive; far from zero it means broken statistics.</param>
public readonly record struct FrechetResult(double Value, double MeanTerm, int ClampedCount, double ClampedSum)
{
    /// <summary>The part of the covariances.</summary>
    public double CovarianceTerm => Value - MeanTerm;
}
