using System.ComponentModel.DataAnnotations;
using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>The solvers of EDM (Karras et al. 2022, Algorithm 2), with churn.</summary>
public abstract record EdmSolver : IntermediateLevelSolver
{
    /// <summary>Strength of the stochasticity; 0 for none.</summary>
    [Range(0, double.PositiveInfinity, MaximumIsExclusive = true)]
    public double S_churn { get; init; }

    /// <summary>Lowest noise level with stochasticity.</summary>
    public double S_min { get; init; }

    /// <summary>Highest noise level with stochasticity.</summary>
    [Range(double.NegativeInfinity, double.PositiveInfinity)]
    public double S_max { get; init; } = double.PositiveInfinity;

    /// <summary>Inflation of the noise that is added.</summary>
    [Range(0, double.PositiveInfinity, MaximumIsExclusive = true)]
    public double S_noise { get; init; } = 1;

    /// <summary>The stochasticity.</summary>
    public Churn Churn => new() { S_churn = S_churn, S_min = S_min, S_max = S_max, S_noise = S_noise };

    /// <summary>Heun's method or Euler's.</summary>
    public abstract OdeSolver Method { get; }

    /// <inheritdoc/>
    public override SamplerTableau Build(NoiseLevels levels, Func<double, double> roundSigma)
    {
        Validate();
        return EdmSampler.Create(levels, Method, Churn, roundSigma);
    }

    /// <inheritdoc/>
    protected override void Check()
    {
        if (!(S_max >= S_min))
        {
            throw Invalid($"S_min is {S_min:R} and S_max is {S_max:R}; S_min must not exceed S_max");
        }
    }
}
