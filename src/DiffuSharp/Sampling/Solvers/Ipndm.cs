using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;
using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>
/// iPNDM (Zhang and Chen 2022, "improved PNDM"; after Liu et al. 2022): Adams-Bashforth with the coefficients of equal steps on
/// d = (x − D)/σ, although the steps are not equal, and lower order in the first steps.
/// </summary>
[Recipe("ipndm", Source = "Zhang and Chen 2022, iPNDM")]
public sealed record Ipndm : Solver
{
    /// <summary>Highest order of Adams-Bashforth; 1 is Euler.</summary>
    [Range(1, 4)]
    public int Order { get; init; } = 4;

    /// <summary>Whether a step to σ = 0 has the full order too; otherwise it lands on D.</summary>
    public bool FullOrderFinal { get; init; }

    /// <inheritdoc/>
    public override SamplerTableau Build(NoiseLevels levels)
    {
        Validate();
        MultistepOrder.RequireFalling(levels);
        var network = new SamplerTableauBuilder();
        var slopes = new List<LinearExpression>();

        var x = levels[0] * network.Xi;
        for (var i = 0; i < levels.Steps; i++)
        {
            (var state, var denoised) = network.Evaluate(x, levels[i]);
            slopes.Add((state - denoised) / levels[i]);
            x = levels[i + 1] == 0 && !FullOrderFinal
                ? denoised
                : state + (levels[i + 1] - levels[i]) * AdamsBashforth.Slope(slopes, Math.Min(Order, i + 1));
        }

        return network.Sample(x, levels[levels.Steps]);
    }
}
