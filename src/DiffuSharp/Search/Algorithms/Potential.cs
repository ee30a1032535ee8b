namespace DiffuSharp.Search.Algorithms;

/// <summary>How rewards along a trajectory become weights (Singhal et al. 2025, FK steering). In all three the weights of a whole trajectory multiply to exp(λ r(x_0)).</summary>
public enum Potential
{
    /// <summary>exp(λ (r_i − r_{i−1})).</summary>
    Diff,

    /// <summary>exp(λ max_{j≤i} r_j); the last weight divides by the product of the others.</summary>
    Max,

    /// <summary>exp(λ Σ_{j≤i} r_j); the last weight divides by the product of the others.</summary>
    Sum,
}
