namespace DiffuSharp.Schedules;

/// <summary>The noise schedule σ(t) along which the ODE is solved (Karras et al. 2022, Table 1, "Schedule").</summary>
public enum ScheduleKind
{
    /// <summary>σ(t) = √(exp(½ β_d t² + β_min t) − 1), refitted to the range.</summary>
    VP,

    /// <summary>σ(t) = √t.</summary>
    VE,

    /// <summary>σ(t) = t.</summary>
    Linear,
}
