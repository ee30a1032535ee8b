namespace DiffuSharp.Sampling;

/// <summary>Where the noise levels of a run lie (Karras et al. 2022, Table 1, "Time steps").</summary>
public enum Discretization
{
    /// <summary>Uniform in the time of the VP process.</summary>
    VP,

    /// <summary>Geometric.</summary>
    VE,

    /// <summary>Among the levels of iDDPM's cosine schedule.</summary>
    IDDPM,

    /// <summary>Uniform in σ^(1/ρ).</summary>
    EDM,
}
