namespace DiffuSharp.Sampling;

/// <summary>The Runge-Kutta step of a sampler.</summary>
public enum OdeSolver
{
    /// <summary>First order, one evaluation per step.</summary>
    Euler,

    /// <summary>Second order, two evaluations per step but one in the last: 2N − 1 in all.</summary>
    Heun,
}
