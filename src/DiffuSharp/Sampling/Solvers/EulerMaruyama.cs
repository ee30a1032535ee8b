using DiffuSharp.Recipes;
using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>
/// Euler-Maruyama on the reverse SDE (Song et al. 2021) of a schedule σ(t) and scaling s(t):
/// dx = [(ṡ/s) x − 2 (σ̇/σ) (s D − x)] dt + s √(2 σ̇ σ) dω (Karras et al. 2022, eq. 6 with β = σ̇/σ, run backwards). With the VP schedule and
/// scaling it is the sampler of VP SDEs. The step to σ = 0 lands on D, without noise.
/// </summary>
[Recipe("euler-maruyama", Source = "Song et al. 2021 (SDE), reverse-time Euler-Maruyama")]
public sealed record EulerMaruyama : Solver
{
    /// <summary>σ(t); that of VP is refitted to the levels.</summary>
    public ScheduleKind Schedule { get; init; } = ScheduleKind.Linear;

    /// <summary>s(t).</summary>
    public ScalingKind Scaling { get; init; } = ScalingKind.None;

    /// <inheritdoc/>
    public override SamplerTableau Build(NoiseLevels levels)
    {
        // A single step to 0 lands on D and reads no schedule, so any range will do for it.
        var low = levels.Steps > 1 ? levels[levels.Steps - 1] : levels[1] > 0 ? levels[1] : levels[0] / 2;
        var general = new GeneralSamplerOptions { Sigma = new SigmaRange(low, levels[0]), Schedule = Schedule, Scaling = Scaling };
        var (noise, scaling) = (general.CreateSchedule(), general.CreateScaling());
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
