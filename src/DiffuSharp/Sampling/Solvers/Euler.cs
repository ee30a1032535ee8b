using DiffuSharp.Recipes;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>Euler's method on dx/dσ = (x − D)/σ with churn: Algorithm 2 without its correction.</summary>
[Recipe("euler", Source = "Karras et al. 2022, Algorithm 2 without correction")]
public sealed record Euler : EdmSolver;
