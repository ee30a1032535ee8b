using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>
/// DDIM(η) (Song et al. 2021, eq. 12 and 16). In EDM's coordinates x_{i+1} = D + √(σ_{i+1}² − s²) (x_i − D)/σ_i + s z with
/// s = η σ_{i+1} √(1 − σ_{i+1}²/σ_i²): η = 0 is Euler in σ, η = 1 DDPM's ancestral sampling with the smaller variance.
/// </summary>
public static class Ddim
{
    /// <summary>The tableau of a run: one evaluation a step.</summary>
    /// <param name="levels">σ_0 … σ_N.</param>
    /// <param name="eta">η, from 0 to 1.</param>
    /// <exception cref="InvalidInputException">η is out of range.</exception>
    public static SamplerTableau Create(NoiseLevels levels, double eta = 0)
    {
        if (!(eta is >= 0 and <= 1))
        {
            throw new InvalidInputException($"eta is {eta:R}; it must lie between 0 (deterministic) and 1 (ancestral).");
        }

        var network = new SamplerTableauBuilder();
        var x = levels[0] * network.Xi;
        for (var i = 0; i < levels.Steps; i++)
        {
            (var state, var denoised) = network.Evaluate(x, levels[i]);
            (var sigma, var next) = (levels[i], levels[i + 1]);
            var fresh = eta * next * Math.Sqrt((sigma - next) * (sigma + next)) / sigma;
            var kept = Math.Sqrt((next - fresh) * (next + fresh)) / sigma;
            x = kept * state + (1 - kept) * denoised + fresh * network.Z;
        }

        return network.Sample(x, levels[levels.Steps]);
    }
}
