using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;
using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>
/// DDIM(η) (Song et al. 2021, eq. 12 and 16). In EDM's coordinates x_{i+1} = D + √(σ_{i+1}² − s²) (x_i − D)/σ_i + s z with
/// s = η σ_{i+1} √(1 − σ_{i+1}²/σ_i²): η = 0 is Euler in σ, η = 1 DDPM's ancestral sampling with the smaller variance.
/// </summary>
[Recipe("ddim", Source = "Song et al. 2021, eq. 12")]
public sealed record Ddim : Solver
{
    /// <summary>η: 0 is deterministic, 1 ancestral.</summary>
    [Range(0.0, 1.0)]
    public double Eta { get; init; }

    /// <inheritdoc/>
    public override SamplerTableau Build(NoiseLevels levels)
    {
        Validate();
        var network = new SamplerTableauBuilder();
        var x = levels[0] * network.Xi;
        for (var i = 0; i < levels.Steps; i++)
        {
            (var state, var denoised) = network.Evaluate(x, levels[i]);
            (var sigma, var next) = (levels[i], levels[i + 1]);
            (var down, var fresh) = AncestralStep.Split(sigma, next, Eta);
            var kept = down / sigma;
            x = kept * state + (1 - kept) * denoised + fresh * network.Z;
        }

        return network.Sample(x, levels[levels.Steps]);
    }
}
