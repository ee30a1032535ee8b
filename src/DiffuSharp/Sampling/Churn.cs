namespace DiffuSharp.Sampling;

/// <summary>
/// Stochasticity of EDM's samplers: noise added and removed again in every step (Karras et al. 2022, Algorithm 2). Off by
/// default.
/// </summary>
public sealed record Churn
{
    /// <summary>S_churn: the amount of noise over the whole run, at least 0.</summary>
    public double S_churn { get; init; }

    /// <summary>S_tmin: the lowest noise level at which noise is added.</summary>
    public double S_min { get; init; }

    /// <summary>S_tmax: the highest noise level at which noise is added.</summary>
    public double S_max { get; init; } = double.PositiveInfinity;

    /// <summary>S_noise: the standard deviation of the added noise relative to the exact amount, at least 0.</summary>
    public double S_noise { get; init; } = 1;

    /// <summary>γ_i = min(S_churn/N, √2 − 1) for σ in [S_tmin, S_tmax], else 0 (Algorithm 2, line 4).</summary>
    /// <param name="sigma">The noise level at the start of the step.</param>
    /// <param name="steps">N, the number of steps.</param>
    public double Gamma(double sigma, int steps) =>
        S_min <= sigma && sigma <= S_max ? Math.Min(S_churn / steps, Math.Sqrt(2) - 1) : 0;

    /// <summary>
    /// The standard deviation of the noise that takes a state from σ to σ̂: S_noise √(σ̂² − σ²) (Algorithm 2, line 6).
    /// </summary>
    /// <param name="sigma">The noise level of the state.</param>
    /// <param name="sigmaHat">The noise level wanted; nothing is added where it is not higher.</param>
    public double NoiseBetween(double sigma, double sigmaHat) =>
        S_noise * Math.Sqrt(Math.Max(sigmaHat * sigmaHat - sigma * sigma, 0));

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="InvalidInputException">An option is out of range.</exception>
    public void Validate()
    {
        if (!(S_churn >= 0 && double.IsFinite(S_churn)) || !(S_noise >= 0 && double.IsFinite(S_noise)))
        {
            throw new InvalidInputException(
                $"S_churn is {S_churn:R} and S_noise is {S_noise:R}; both must be finite and not negative.");
        }

        if (double.IsNaN(S_min) || !(S_max >= S_min))
        {
            throw new InvalidInputException($"S_min is {S_min:R} and S_max is {S_max:R}; S_min must not exceed S_max.");
        }
    }
}
