using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Schedules;

namespace MyPlugin;

/// <summary>DPM-Solver++ in its singlestep form of order 2: a step in λ = −ln σ with one evaluation on the way.</summary>
[Recipe("second-order", Source = "Lu et al. 2022, DPM-Solver++(2S), Algorithm 1")]
public sealed record SecondOrder : Solver
{
    /// <summary>r, where on the step the second evaluation lies.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double R { get; init; } = 0.5;

    /// <summary>Whether the first step is one of order 1, which saves an evaluation.</summary>
    public bool StartLow { get; init; }

    /// <inheritdoc/>
    public override int StepsFor(int nfe) => (nfe + (StartLow ? 2 : 1)) / 2;

    /// <inheritdoc/>
    public override SamplerTableau Build(NoiseLevels levels)
    {
        Validate();
        var network = new SamplerTableauBuilder();
        var x = levels[0] * network.Xi;
        for (var i = 0; i < levels.Steps; i++)
        {
            var (state, d) = network.Evaluate(x, levels[i]);
            var (sigma, next) = (levels[i], levels[i + 1]);
            if (next == 0 || (i == 0 && StartLow))
            {
                x = next / sigma * state + (1 - next / sigma) * d;
                continue;
            }

            var middle = Math.Pow(sigma, 1 - R) * Math.Pow(next, R);
            var (_, dMiddle) = network.Evaluate(middle / sigma * state + (1 - middle / sigma) * d, middle);
            var w = 1 / (2 * R);
            x = next / sigma * state + (1 - next / sigma) * ((1 - w) * d + w * dMiddle);
        }

        return network.Sample(x, levels[levels.Steps]);
    }
}
