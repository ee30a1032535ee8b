using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;
using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>
/// DPM-Solver and DPM-Solver++, singlestep (Lu et al. 2022), on given levels: groups of one, two and three of them, in which the step of order k starts again
/// at the first level of its group and uses the evaluations made since. One evaluation a level.
/// </summary>
[Recipe("dpm-singlestep", Source = "Lu et al. 2022, DPM-Solver-2 and -3, DPM-Solver++(2S) and (3S)")]
public sealed record DpmSolverSinglestep : Solver
{
    /// <summary>Highest order and length of a group.</summary>
    [Range(1, 3)]
    public int Order { get; init; } = 3;

    /// <summary>What is taken for a polynomial: D is DPM-Solver++, ε is DPM-Solver.</summary>
    public DpmForm Form { get; init; }

    /// <summary>The weight of a first difference; in order 3 "midpoint" leaves the second difference out, as the papers do.</summary>
    public DpmSolverType SolverType { get; init; }

    /// <summary>Ends in groups of lower order, for any number of steps; without, the number of steps must be a multiple of the order.</summary>
    public bool LowerOrderFinal { get; init; } = true;

    /// <inheritdoc/>
    public override SamplerTableau Build(NoiseLevels levels)
    {
        Validate();
        MultistepOrder.RequireFalling(levels);
        var orders = Orders(levels);
        var network = new SamplerTableauBuilder();
        var states = new List<LinearExpression>();
        var values = new List<LinearExpression>();

        var x = levels[0] * network.Xi;
        for (var i = 0; i < levels.Steps; i++)
        {
            (var state, var denoised) = network.Evaluate(x, levels[i]);
            var start = i - orders[i] + 1;
            var step = new ExponentialStep(levels[start], levels[i + 1], Form);
            states.Add(state);
            values.Add(step.Value(state, denoised, levels[i]));
            x = step.First(states[start], values[start]);
            if (orders[i] == 1)
            {
                continue;
            }

            // r_1 and r_2 of the papers: where the later evaluations lie in λ.
            var last = Math.Log(levels[start] / levels[i]) / step.H;
            var d = (values[i] - values[start]) / last;
            if (orders[i] == 2)
            {
                x += step.Slope(SolverType) * d;
                continue;
            }

            var first = Math.Log(levels[start] / levels[start + 1]) / step.H;
            var before = (values[start + 1] - values[start]) / first;
            x += SolverType == DpmSolverType.Midpoint
                ? step.Weight(2) * d
                : step.Weight(2) * (last * before - first * d) / (last - first) + step.Weight(3) * (2 / (last - first)) * (d - before);
        }

        return network.Sample(x, levels[levels.Steps]);
    }

    // 1, 2, …, Order, 1, 2, …; the last group is cut to what is left and, with lower order at the end, does not reach the full order. σ = 0 is reached by order 1.
    private int[] Orders(NoiseLevels levels)
    {
        var steps = levels.Steps;
        if (!LowerOrderFinal && steps % Order != 0)
        {
            throw new InvalidInputException($"dpm-singlestep of order {Order} without lower_order_final takes a multiple of {Order} steps, not {steps}");
        }

        int[] orders = [.. Enumerable.Range(0, steps).Select(i => (i % Order) + 1)];
        if ((LowerOrderFinal && steps % Order == 0) || levels[steps] == 0)
        {
            orders[^1] = 1;
        }

        return orders;
    }
}
