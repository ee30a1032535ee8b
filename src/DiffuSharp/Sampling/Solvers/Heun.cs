using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>Heun's method on dx/dσ = (x − D)/σ with churn; two evaluations a step but for the last.</summary>
[Recipe("heun", Source = "Karras et al. 2022, Algorithm 2")]
public sealed record Heun : EdmSolver
{
    /// <summary>Second-order family: 1 Heun, 0.667 Ralston, 0.5 midpoint.</summary>
    [Range(0, double.PositiveInfinity, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double Alpha { get; init; } = 1;

    internal override double? SecondOrder => Alpha;

    /// <inheritdoc/>
    public override int StepsFor(int nfe) => (nfe + 1) / 2;
}
