using DiffuSharp.Recipes;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>Heun's method on dx/dσ = (x − D)/σ with churn; two evaluations a step but for the last.</summary>
[Recipe("heun", Source = "Karras et al. 2022, Algorithm 2")]
public sealed record Heun : EdmSolver
{
    /// <inheritdoc/>
    public override OdeSolver Method => OdeSolver.Heun;

    /// <inheritdoc/>
    public override int StepsFor(int nfe) => (nfe + 1) / 2;
}
