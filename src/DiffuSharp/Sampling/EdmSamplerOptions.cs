using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling;

/// <summary>Options of <see cref="EdmSampler"/>, with the defaults of Karras et al. 2022, Table 1, column EDM.</summary>
public sealed record EdmSamplerOptions
{
    /// <summary>N, the number of steps, at least 1.</summary>
    public int NumSteps { get; init; } = 18;

    /// <summary>σ_min and σ_max.</summary>
    public SigmaRange Sigma { get; init; } = new(0.002, 80);

    /// <summary>ρ, which shortens the steps near σ_min.</summary>
    public double Rho { get; init; } = 7;

    /// <summary>Heun as in Algorithm 2, or Euler: the same without the correction (lines 9 to 11).</summary>
    public OdeSolver Solver { get; init; } = OdeSolver.Heun;

    /// <summary>Stochasticity; none by default.</summary>
    public Churn Churn { get; init; } = new();

    /// <summary>The options under their command line names, as a sampler file keeps them.</summary>
    public SamplerMetadata Describe() => new(
        "edm",
        [
            new("steps", $"{NumSteps}"),
            new("sigma_min", $"{Sigma.Min:R}"),
            new("sigma_max", $"{Sigma.Max:R}"),
            new("rho", $"{Rho:R}"),
            new("solver", Solver.ToString().ToLowerInvariant()),
            .. Churn.Describe(),
        ],
        "Karras et al. 2022, Algorithm 2");
}
