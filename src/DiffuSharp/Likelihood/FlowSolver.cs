namespace DiffuSharp.Likelihood;

/// <summary>How the probability-flow ODE is solved.</summary>
public enum FlowSolver
{
    /// <summary>Heun's method, second order, on a fixed grid of noise levels: every image costs 2 evaluations a step.</summary>
    Heun,

    /// <summary>
    /// The embedded Runge-Kutta pair of orders 5 and 4 of Dormand and Prince (1980) in ln σ, each image with its own steps.
    /// </summary>
    DormandPrince,
}
