using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>
/// Euler-Maruyama on the reverse SDE (Song et al. 2021) of a schedule σ(t) and scaling s(t):
/// dx = [(ṡ/s) x − 2 (σ̇/σ) (s D − x)] dt + s √(2 σ̇ σ) dω (Karras et al. 2022, eq. 6 with β = σ̇/σ, run backwards). With the VP schedule and
/// scaling it is the sampler of VP SDEs. The step to σ = 0 lands on D, without noise.
/// </summary>
public static class EulerMaruyama
{
    /// <summary>The tableau of a run: one evaluation a step. The rows hold x/s.</summary>
    /// <param name="levels">σ_0 … σ_N.</param>
    /// <param name="noise">σ(t).</param>
    /// <param name="scaling">s(t).</param>
    public static SamplerTableau Create(NoiseLevels levels, NoiseSchedule noise, Scaling scaling)
    {
        var network = new SamplerTableauBuilder();
        var x = levels[0] * network.Xi;
        for (var i = 0; i < levels.Steps; i++)
        {
            (var state, var denoised) = network.Evaluate(x, levels[i]);
            if (levels[i + 1] == 0)
            {
                x = denoised;
                continue;
            }

            (var t, var tNext) = (noise.Time(levels[i]), noise.Time(levels[i + 1]));
            (var s, var sNext) = (scaling.S(t), scaling.S(tNext));
            var h = tNext - t;
            var growth = noise.SigmaDerivative(t);
            var drift = scaling.SDerivative(t) * state - 2 * growth / levels[i] * s * (denoised - state);
            var diffusion = s * Math.Sqrt(2 * growth * levels[i] * -h);
            x = (s * state + h * drift + diffusion * network.Z) / sNext;
        }

        return network.Sample(x, levels[levels.Steps]);
    }
}
