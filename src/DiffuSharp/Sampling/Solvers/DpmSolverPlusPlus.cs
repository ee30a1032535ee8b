using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;
using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>
/// DPM-Solver++, multistep (Lu et al. 2022): the ODE in λ = −ln σ, x(λ + h) = e^(−h) x + ∫ e^(s−h) D ds, with D extrapolated from
/// the last evaluations; or DPM-Solver, with ε in place of D. In EDM's coordinates the VP and VE forms are the same.
/// </summary>
[Recipe("dpmpp", Source = "Lu et al. 2022, DPM-Solver++, Algorithm 2")]
public sealed record DpmSolverPlusPlus : Solver
{
    /// <summary>
    /// Order: 1 is DDIM, 2 is "2M", 3 is "3M". Order 3 has the coefficients of the published code, whose quadratic term is half of Taylor's: small errors,
    /// but measured order 2 (<c>docs/convergence.md</c>); UniPC without corrector is the full third order.
    /// </summary>
    [Range(1, 3)]
    public int Order { get; init; } = 2;

    /// <summary>Lower order in the last steps, which is safer with few.</summary>
    public bool LowerOrderFinal { get; init; } = true;

    /// <summary>What is extrapolated: D is DPM-Solver++, ε is DPM-Solver.</summary>
    public DpmForm Form { get; init; }

    /// <summary>The weight of a first difference in steps of order 2.</summary>
    public DpmSolverType SolverType { get; init; }

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
            var step = new ExponentialStep(levels[i], levels[i + 1], Form);
            d.Add(step.Value(state, denoised, levels[i]));
            x = step.First(state, d[i]);
            var now = MultistepOrder.At(levels, i, Order, LowerOrderFinal);
            if (now == 1)
            {
                continue;
            }

            var r0 = Math.Log(levels[i - 1] / levels[i]) / step.H;
            var d1 = (d[i] - d[i - 1]) / r0;
            if (now == 2)
            {
                x += step.Slope(SolverType) * d1;
                continue;
            }

            var r1 = Math.Log(levels[i - 2] / levels[i - 1]) / step.H;
            var d1Before = (d[i - 1] - d[i - 2]) / r1;
            var d2 = (d1 - d1Before) / (r0 + r1);
            x += step.Weight(2) * (d1 + r0 * d2) + step.Weight(3) * d2;
        }

        return network.Sample(x, levels[levels.Steps]);
    }
}
