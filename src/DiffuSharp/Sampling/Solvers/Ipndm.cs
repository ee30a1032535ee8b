using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>
/// iPNDM (Zhang and Chen 2022, "improved PNDM"; after Liu et al. 2022): Adams-Bashforth with the coefficients of equal steps on
/// d = (x − D)/σ, although the steps are not equal, and lower order in the first steps.
/// </summary>
public static class Ipndm
{
    /// <summary>The tableau of a run: one evaluation a step. The step to σ = 0 lands on D.</summary>
    /// <param name="levels">σ_0 … σ_N.</param>
    /// <param name="order">From 1 (Euler) to 4.</param>
    /// <exception cref="InvalidInputException">The order is out of range, or two levels are equal.</exception>
    public static SamplerTableau Create(NoiseLevels levels, int order = 4)
    {
        MultistepOrder.Validate(levels, order, AdamsBashforth.HighestOrder);
        var network = new SamplerTableauBuilder();
        var slopes = new List<LinearExpression>();

        var x = levels[0] * network.Xi;
        for (var i = 0; i < levels.Steps; i++)
        {
            (var state, var denoised) = network.Evaluate(x, levels[i]);
            slopes.Add((state - denoised) / levels[i]);
            var now = MultistepOrder.At(levels, i, order, lowerOrderFinal: false);
            x = levels[i + 1] == 0
                ? denoised
                : state + (levels[i + 1] - levels[i]) * AdamsBashforth.Slope(slopes, now);
        }

        return network.Sample(x, levels[levels.Steps]);
    }
}
