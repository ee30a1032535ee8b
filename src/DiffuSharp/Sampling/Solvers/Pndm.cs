using DiffuSharp.Recipes;
using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>
/// PNDM without Runge-Kutta steps, PLMS (Liu et al. 2022, as published code runs it): a Heun step, then Adams-Bashforth with the
/// coefficients of equal steps up to order 4 on ε = (x − D)/σ. Its transfer part is the DDIM step: in EDM's coordinates x + Δσ ε.
/// </summary>
[Recipe("pndm", Source = "Liu et al. 2022, PLMS")]
public sealed record Pndm : Solver
{
    /// <inheritdoc/>
    public override int StepsFor(int nfe) => nfe - 1;

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
            if (levels[i + 1] == 0 && i == 0)
            {
                x = state + h * slope; // One step has no level for a second slope.
            }
            else if (i == 0)
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
