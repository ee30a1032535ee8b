using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;
using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>
/// Linear multistep: Adams-Bashforth for unequal steps on dx/dσ = d = (x − D)/σ. The polynomial in σ through the last slopes is integrated over every
/// step, the one to σ = 0 included.
/// </summary>
[Recipe("lms", Source = "Adams-Bashforth for unequal steps on Karras et al. 2022, eq. 1")]
public sealed record Lms : Solver
{
    /// <summary>Highest order; 1 is Euler.</summary>
    [Range(1, 4)]
    public int Order { get; init; } = 4;

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
            double[] nodes = [.. Enumerable.Range(0, Math.Min(Order, i + 1)).Select(k => levels[i - k])];
            x = state;
            for (var k = 0; k < nodes.Length; k++)
            {
                var node = k;
                x += GaussLegendre.Integrate(sigma => LagrangePolynomial.Basis(nodes, node, sigma), levels[i], levels[i + 1]) * slopes[i - k];
            }
        }

        return network.Sample(x, levels[levels.Steps]);
    }
}
