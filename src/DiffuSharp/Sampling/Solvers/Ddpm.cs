using DiffuSharp.Denoising;
using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>
/// DDPM's ancestral sampling through x̂_0 (Ho et al. 2020, Algorithm 2 and eq. 7), on any stride: x_{t−1} ~ N(μ̃(x_t, D), σ_t²) with
/// 1 − β = ᾱ_t/ᾱ_{t−1}. In EDM's coordinates μ̃ = D + (σ_{i+1}²/σ_i²)(x − D). The last step, to σ = 0, is D without noise.
/// </summary>
public static class Ddpm
{
    /// <summary>The tableau of a run: one evaluation a step.</summary>
    /// <param name="levels">σ_0 … σ_N.</param>
    /// <param name="variance">σ_t² (Ho et al. 2020, section 3.2); a learned one is chosen by the network for each pixel between the two fixed ones.</param>
    public static SamplerTableau Create(NoiseLevels levels, ReverseVariance variance = ReverseVariance.FixedSmall)
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
                x += variance switch
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
