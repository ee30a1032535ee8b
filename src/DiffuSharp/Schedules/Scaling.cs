namespace DiffuSharp.Schedules;

/// <summary>
/// The scale of the state as a function of time, s(t): x = s(t)·(y + σ(t) n) (Karras et al. 2022, Table 1, "Scaling").
/// An immutable value.
/// </summary>
public abstract record Scaling
{
    /// <summary>s(t).</summary>
    /// <param name="t">Time, at least 0.</param>
    public abstract double S(double t);

    /// <summary>ds/dt at t &gt; 0.</summary>
    /// <param name="t">Time, greater than 0.</param>
    public abstract double SDerivative(double t);

    /// <summary>The scaling of a kind.</summary>
    public static Scaling Of(ScalingKind kind, NoiseSchedule schedule) => kind == ScalingKind.VP ? new VPScaling(schedule) : new NoScaling();
}
