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

    /// <summary>The schedule of a kind; that of VP is refitted to the range.</summary>
    /// <exception cref="InvalidInputException">ε_s is out of range, or no VP schedule rises from σ_min to σ_max.</exception>
    public static NoiseSchedule Of(ScheduleKind kind, SigmaRange range, double epsilonS) => kind switch
    {
        ScheduleKind.VP => VPNoiseSchedule.Refit(range, epsilonS),
        ScheduleKind.VE => new VENoiseSchedule(),
        _ => new LinearNoiseSchedule(),
    };
}
