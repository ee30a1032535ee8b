namespace DiffuSharp.Schedules;

/// <summary>The scaling s(t) in which the ODE is solved (Karras et al. 2022, Table 1, "Scaling").</summary>
public enum ScalingKind
{
    /// <summary>s(t) = 1/√(1 + σ(t)²).</summary>
    VP,

    /// <summary>s(t) = 1.</summary>
    None,
}
