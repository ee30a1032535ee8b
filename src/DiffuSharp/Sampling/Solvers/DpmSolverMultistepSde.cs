using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;
using DiffuSharp.Schedules;
using static DiffuSharp.Sampling.Solvers.PhiFunction;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>
/// SDE-DPM-Solver++, multistep (Lu et al. 2022, section 5): x(λ + h) = e^(−c h) x + ∫ c e^(c(s−h)) D ds + σ' √(1 − e^(−2ηh)) z with c = 1 + η, D extrapolated from
/// the last evaluations. A step to σ = 0 lands on D.
/// </summary>
[Recipe("dpmpp-msde", Source = "Lu et al. 2022, SDE-DPM-Solver++(2M), eq. 18")]
public sealed record DpmSolverMultistepSde : Solver
{
    /// <summary>Order of the polynomial: 2 is "2M SDE", 3 is "3M SDE", with the coefficients of <c>dpmpp</c>.</summary>
    [Range(1, 3)]
    public int Order { get; init; } = 2;

    /// <summary>η: 0 is the ODE, 1 the SDE of the paper.</summary>
    [Range(0, double.PositiveInfinity, MaximumIsExclusive = true)]
    public double Eta { get; init; } = 1;

    /// <summary>The weight of a first difference in steps of order 2; order 3 and the step before it have Taylor's.</summary>
    public DpmSolverType SolverType { get; init; }

    /// <summary>The standard deviation of the added noise relative to the exact amount.</summary>
    [Range(0, double.PositiveInfinity, MaximumIsExclusive = true)]
    public double S_noise { get; init; } = 1;

    /// <summary>Lower order in the last steps, which is safer with few.</summary>
    public bool LowerOrderFinal { get; init; }

    /// <inheritdoc/>
    public override SamplerTableau Build(NoiseLevels levels)
    {
        Validate();
        MultistepOrder.RequireFalling(levels);
        var network = new SamplerTableauBuilder();
        var d = new List<LinearExpression>();

        var x = levels[0] * network.Xi;
        for (var i = 0; i < levels.Steps; i++)
        {
            (var state, var denoised) = network.Evaluate(x, levels[i]);
            d.Add(denoised);
            if (levels[i + 1] == 0)
            {
                x = denoised;
                continue;
            }

            var h = Math.Log(levels[i] / levels[i + 1]);
            var scaled = (1 + Eta) * h;
            var kept = Math.Exp(-scaled);
            x = kept * state + (1 - kept) * denoised + levels[i + 1] * Math.Sqrt(-Expm1(-2 * Eta * h)) * S_noise * network.Z;
            var now = MultistepOrder.At(levels, i, Order, LowerOrderFinal);
            if (now == 1)
            {
                continue;
            }

            var r0 = Math.Log(levels[i - 1] / levels[i]) / h;
            var d1 = (d[i] - d[i - 1]) / r0;
            if (now == 2)
            {
                x += scaled * (Order == 2 && SolverType == DpmSolverType.Midpoint ? 0.5 * Phi(1, -scaled) : Phi(2, -scaled)) * d1;
                continue;
            }

            var r1 = Math.Log(levels[i - 2] / levels[i - 1]) / h;
            var d2 = (d1 - (d[i - 1] - d[i - 2]) / r1) / (r0 + r1);
            x += scaled * Phi(2, -scaled) * (d1 + r0 * d2) + scaled * Phi(3, -scaled) * d2;
        }

        return network.Sample(x, levels[levels.Steps]);
    }

    private static double Expm1(double z) => z * Phi(1, z);
}
