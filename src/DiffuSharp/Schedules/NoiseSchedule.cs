namespace DiffuSharp.Schedules;

/// <summary>
/// A noise level as a function of time, σ(t): increasing, with σ(0) = 0 (Karras et al. 2022, eq. 1 and Table 1, "Schedule").
/// An immutable value.
/// </summary>
public abstract record NoiseSchedule
{
    /// <summary>σ(t).</summary>
    /// <param name="t">Time, at least 0.</param>
    public abstract double Sigma(double t);

    /// <summary>dσ/dt at t &gt; 0.</summary>
    /// <param name="t">Time, greater than 0.</param>
    public abstract double SigmaDerivative(double t);

    /// <summary>The time at which the noise level is σ: σ⁻¹(σ).</summary>
    /// <param name="sigma">Noise level, at least 0.</param>
    public abstract double Time(double sigma);
}
