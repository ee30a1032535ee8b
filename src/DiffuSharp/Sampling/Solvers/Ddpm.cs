using DiffuSharp.Denoising;
using DiffuSharp.Recipes;
using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>
/// DDPM's ancestral sampling through x̂_0 (Ho et al. 2020, Algorithm 2 and eq. 7), on any stride: x_{t−1} ~ N(μ̃(x_t, D), σ_t²) with
/// 1 − β = ᾱ_t/ᾱ_{t−1}. In EDM's coordinates μ̃ = D + (σ_{i+1}²/σ_i²)(x − D). The last step, to σ = 0, is D without noise.
/// </summary>
[Recipe("ddpm", Source = "Ho et al. 2020, Algorithm 2; Nichol and Dhariwal 2021, eq. 15")]
public sealed record Ddpm : Solver
{
    /// <summary>σ_t²: of the posterior, β_t, or what the network chooses for each pixel between the two.</summary>
    public ReverseVariance Variance { get; init; }

    /// <inheritdoc/>
    public override bool LearnsNoise => Variance == ReverseVariance.Learned;

    /// <inheritdoc/>
    public override SamplerTableau Build(NoiseLevels levels)
    {
        var network = new SamplerTableauBuilder();
        var x = levels[0] * network.Xi;
        for (var i = 0; i < levels.Steps; i++)
        {
            (var state, var denoised) = network.Evaluate(x, levels[i]);
            (var sigma, var next) = (levels[i], levels[i + 1]);
            var kept = next / sigma * (next / sigma);
            x = kept * state + (1 - kept) * denoised;
            if (next > 0)
            {
                // β̃/ᾱ_{t−1} = σ_{i+1}² (σ_i² − σ_{i+1}²)/σ_i² and β/ᾱ_{t−1} = (1 + σ_{i+1}²)(σ_i² − σ_{i+1}²)/(1 + σ_i²).
                var removed = Math.Sqrt((sigma - next) * (sigma + next));
                (var small, var large) = (next * removed / sigma, removed * Math.Sqrt((1 + next * next) / (1 + sigma * sigma)));
                x += Variance switch
                {
                    ReverseVariance.FixedSmall => small * network.Z,
                    ReverseVariance.FixedLarge => large * network.Z,
                    _ => network.ChosenZ(small, large),
                };
            }
        }

        return network.Sample(x, levels[levels.Steps]);
    }
}
