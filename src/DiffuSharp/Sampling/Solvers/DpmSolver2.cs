using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;
using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>
/// DPM-Solver-2 (Lu et al. 2022): the slope d = (x − D)/σ at the middle of the step in ln σ carries the whole step. With η &gt; 0 each step goes
/// below its end and adds noise. A step to σ = 0 lands on D.
/// </summary>
[Recipe("dpm2", Source = "Lu et al. 2022, DPM-Solver, Algorithm 1")]
public sealed record DpmSolver2 : Solver
{
    /// <summary>η: 0 is deterministic, 1 ancestral.</summary>
    [Range(0.0, 1.0)]
    public double Eta { get; init; }

    /// <inheritdoc/>
    public override int StepsFor(int nfe) => (nfe + 1) / 2;

    /// <inheritdoc/>
    public override SamplerTableau Build(NoiseLevels levels)
    {
        Validate();
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

            var middle = levels.Between(Math.Sqrt(sigma * down), sigma, down);
            (var half, var there) = network.Evaluate(state + (middle - sigma) / sigma * (state - denoised), middle);
            x = state + (down - sigma) / middle * (half - there) + up * network.Z;
        }

        return network.Sample(x, levels[levels.Steps]);
    }
}
