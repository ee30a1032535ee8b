namespace DiffuSharp.Sampling.Solvers;

/// <summary>The variable in which <see cref="Deis"/> takes the predicted noise for a polynomial.</summary>
public enum DeisVariable
{
    /// <summary>t of the VP process (β_d = 19.9, β_min = 0.1): the paper's tAB.</summary>
    Time,

    /// <summary>σ (ρ in the paper): its ρAB, a variable-step Adams-Bashforth method.</summary>
    Sigma,

    /// <summary>ln σ, as a widespread implementation of DEIS has it.</summary>
    LogSigma,
}
