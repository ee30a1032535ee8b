namespace DiffuSharp.Sampling;

/// <summary>The local truncation error of one step of a sampler.</summary>
/// <param name="Sigma">σ_i, where the step begins.</param>
/// <param name="Next">σ_{i+1}, where it ends.</param>
/// <param name="Euler">Root mean square error of a pixel after one Euler step.</param>
/// <param name="Heun">The same after one step of Heun's method.</param>
public sealed record StepError(double Sigma, double Next, double Euler, double Heun);
