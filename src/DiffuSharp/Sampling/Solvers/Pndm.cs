using DiffuSharp.Recipes;
using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>
/// PNDM (Liu et al. 2022): a Heun step, or three Runge-Kutta steps, then Adams-Bashforth with the coefficients of equal steps up to order 4 on ε = (x − D)/σ.
/// Its transfer part is the DDIM step: in EDM's coordinates x + Δσ ε.
/// </summary>
[Recipe("pndm", Source = "Liu et al. 2022, Algorithm 2, and PLMS")]
public sealed record Pndm : Solver
{
    // Steps of the start of the paper, with 4 evaluations each.
    private const int Warmup = 3;

    /// <summary>Starts with three Runge-Kutta steps of order 4, as the paper does, their middles in σ: 9 evaluations more than steps. Without, it is PLMS.</summary>
    public bool RungeKutta { get; init; }

    /// <inheritdoc/>
    public override int StepsFor(int nfe) => !RungeKutta ? nfe - 1 : nfe > 4 * Warmup ? nfe - (3 * Warmup) : (nfe + 3) / 4;

    /// <inheritdoc/>
    public override SamplerTableau Build(NoiseLevels levels)
    {
        var network = new SamplerTableauBuilder();
        var slopes = new List<LinearExpression>();

        var x = levels[0] * network.Xi;
        for (var i = 0; i < levels.Steps; i++)
        {
            (var state, var slope) = Evaluate(x, levels[i]);
            slopes.Add(slope);
            var h = levels[i + 1] - levels[i];
            if (RungeKutta && i < Warmup && levels[i + 1] > 0)
            {
                var middle = levels.Between(levels[i] + (0.5 * h), levels[i], levels[i + 1]);
                (_, var second) = Evaluate(state + (middle - levels[i]) * slope, middle);
                (_, var third) = Evaluate(state + (middle - levels[i]) * second, middle);
                (_, var fourth) = Evaluate(state + h * third, levels[i + 1]);
                x = state + (h / 6) * (slope + 2 * second + 2 * third + fourth);
            }
            else if (i == 0 && levels[1] > 0)
            {
                (_, var next) = Evaluate(state + h * slope, levels[1]);
                x = state + h * (0.5 * slope + 0.5 * next);
            }
            else
            {
                x = state + h * AdamsBashforth.Slope(slopes, Math.Min(i + 1, AdamsBashforth.HighestOrder));
            }
        }

        return network.Sample(x, levels[levels.Steps]);

        (LinearExpression State, LinearExpression Slope) Evaluate(LinearExpression at, double sigma)
        {
            (var state, var denoised) = network.Evaluate(at, sigma);
            return (state, (state - denoised) / sigma);
        }
    }
}
