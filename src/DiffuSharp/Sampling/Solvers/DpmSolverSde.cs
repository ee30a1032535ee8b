using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;
using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>
/// "DPM-Solver++ SDE": the two-stage step of DPM-Solver++(2S), both stages ancestral, with noise that is one Brownian path in σ: the noise of the whole step is that of
/// its first part and a fresh draw for the rest. η = 0 is DPM-Solver++(2S). A step to σ = 0 lands on D.
/// </summary>
[Recipe("dpmpp-sde", Source = "after Lu et al. 2022, DPM-Solver++, with ancestral noise in both stages")]
public sealed record DpmSolverSde : Solver
{
    /// <summary>η: 0 is deterministic, 1 ancestral.</summary>
    [Range(0.0, 1.0)]
    public double Eta { get; init; } = 1;

    /// <summary>r: where the inner point lies in ln σ.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double InnerPoint { get; init; } = 0.5;

    /// <summary>The standard deviation of the added noise relative to the exact amount.</summary>
    [Range(0, double.PositiveInfinity, MaximumIsExclusive = true)]
    public double S_noise { get; init; } = 1;

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
            (var sigma, var next) = (levels[i], levels[i + 1]);
            (var state, var denoised) = network.Evaluate(x, sigma);
            if (next == 0)
            {
                x = denoised;
                continue;
            }

            var h = Math.Log(sigma / next);
            var inner = levels.Between(sigma * Math.Exp(-InnerPoint * h), sigma, next);
            (var downInner, var upInner) = AncestralStep.Split(sigma, inner, Eta);
            (var down, var up) = AncestralStep.Split(sigma, next, Eta);
            var mean = new ExponentialStep(sigma, downInner).First(state, denoised);
            (var there, var denoisedThere) = network.Evaluate(mean + S_noise * upInner * network.Z, inner);

            var weight = 1 / (2 * Math.Log(sigma / inner) / h);
            x = new ExponentialStep(sigma, down).First(state, (1 - weight) * denoised + weight * denoisedThere);
            if (up * S_noise > 0)
            {
                // W(σ) − W(σ') = (W(σ) − W(σ_inner)) + (W(σ_inner) − W(σ')), of which the first is in the inner state.
                x += up * Math.Sqrt((sigma - inner) / (sigma - next)) / upInner * (there - mean);
                x += up * Math.Sqrt((inner - next) / (sigma - next)) * S_noise * network.Z;
            }
        }

        return network.Sample(x, levels[levels.Steps]);
    }
}
