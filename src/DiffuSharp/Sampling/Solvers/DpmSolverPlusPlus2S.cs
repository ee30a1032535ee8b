using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;
using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>
/// DPM-Solver++(2S) (Lu et al. 2022): D at an inner point of the step in λ = −ln σ, besides that at its start. With η &gt; 0 each step goes below its
/// end and adds noise. A step to σ = 0 lands on D.
/// </summary>
[Recipe("dpmpp-2s", Source = "Lu et al. 2022, DPM-Solver++, Algorithm 1")]
public sealed record DpmSolverPlusPlus2S : Solver
{
    /// <summary>r_1: where the inner point lies in λ.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double InnerPoint { get; init; } = 0.5;

    /// <summary>η: 0 is deterministic, 1 ancestral.</summary>
    [Range(0.0, 1.0)]
    public double Eta { get; init; }

    /// <inheritdoc/>
    public override int StepsFor(int nfe) => (nfe + 1) / 2;

    /// <inheritdoc/>
    public override SamplerTableau Build(NoiseLevels levels)
    {
        Validate();
        MultistepOrder.RequireFalling(levels);
        var network = new SamplerTableauBuilder();
        var x = levels[0] * network.Xi;
        for (var i = 0; i < levels.Steps; i++)
        {
            var sigma = levels[i];
            (var state, var denoised) = network.Evaluate(x, sigma);
            (var down, var up) = AncestralStep.Split(sigma, levels[i + 1], Eta);
            if (down == 0)
            {
                x = denoised;
                continue;
            }

            var step = new ExponentialStep(sigma, down);
            var inner = levels.Between(sigma * Math.Exp(-InnerPoint * step.H), sigma, down);
            (_, var there) = network.Evaluate(new ExponentialStep(sigma, inner).First(state, denoised), inner);
            x = step.First(state, denoised) + step.Weight(1) * (there - denoised) / (2 * Math.Log(sigma / inner) / step.H) + up * network.Z;
        }

        return network.Sample(x, levels[levels.Steps]);
    }
}
