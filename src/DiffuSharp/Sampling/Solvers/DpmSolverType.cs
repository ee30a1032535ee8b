namespace DiffuSharp.Sampling.Solvers;

/// <summary>How a solver of the DPM family weighs a first difference; the two agree up to the solver's order.</summary>
public enum DpmSolverType
{
    /// <summary>Half of the constant term's weight.</summary>
    Midpoint,

    /// <summary>The weight of Taylor's polynomial, φ_2.</summary>
    Heun,
}
