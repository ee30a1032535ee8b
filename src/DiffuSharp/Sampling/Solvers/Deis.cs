using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;
using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>
/// DEIS, Adams-Bashforth (Zhang and Chen 2022): the ODE dx = ε dσ with ε = (x − D)/σ, where ε is the Lagrange polynomial through the
/// last evaluations in a variable of choice, integrated over the step.
/// </summary>
[Recipe("deis", Source = "Zhang and Chen 2022, DEIS-AB")]
public sealed record Deis : Solver
{
    /// <summary>Order; the paper's tAB3 has a polynomial of degree 3, which is order 4 here, and order 1 is DDIM.</summary>
    [Range(1, 4)]
    public int Order { get; init; } = 3;

    /// <summary>The variable of the polynomial.</summary>
    public DeisVariable Polynomial { get; init; }

    /// <summary>Lower order in the last steps, which is safer with few.</summary>
    public bool LowerOrderFinal { get; init; } = true;

    /// <inheritdoc/>
    public override SamplerTableau Build(NoiseLevels levels)
    {
        Validate();
        MultistepOrder.RequireFalling(levels);
        Func<double, double> time = Polynomial switch
        {
            DeisVariable.Time => new VPNoiseSchedule().Time,
            DeisVariable.RefittedTime => Refitted(levels).Time,
            DeisVariable.Sigma => sigma => sigma,
            _ => Math.Log,
        };
        var network = new SamplerTableauBuilder();
        var epsilons = new List<LinearExpression>();

        var x = levels[0] * network.Xi;
        for (var i = 0; i < levels.Steps; i++)
        {
            (var state, var denoised) = network.Evaluate(x, levels[i]);
            epsilons.Add((state - denoised) / levels[i]);
            var now = MultistepOrder.At(levels, i, Order, LowerOrderFinal);
            x = levels[i + 1] == 0 ? denoised : state;
            for (var k = 0; k < now && levels[i + 1] > 0; k++)
            {
                x += Weight(levels, time, i, k, now) * epsilons[i - k];
            }
        }

        return network.Sample(x, levels[levels.Steps]);
    }

    // ∫ of the Lagrange polynomial of node i − k over σ from σ_i to σ_{i+1}, in the variable u = ln σ.
    private static double Weight(NoiseLevels levels, Func<double, double> time, int i, int k, int order)
    {
        if (order == 1)
        {
            return levels[i + 1] - levels[i];
        }

        double[] nodes = [.. Enumerable.Range(0, order).Select(j => time(levels[i - j]))];
        return GaussLegendre.Integrate(Integrand, Math.Log(levels[i]), Math.Log(levels[i + 1]));

        double Integrand(double logSigma)
        {
            var sigma = Math.Exp(logSigma);
            return sigma * LagrangePolynomial.Basis(nodes, k, time(sigma));
        }
    }

    private static VPNoiseSchedule Refitted(NoiseLevels levels) =>
        VPNoiseSchedule.Refit(new SigmaRange(levels.Sigmas.Last(sigma => sigma > 0), levels[0]));
}

/// <summary>The variable in which <see cref="Deis"/> takes the predicted noise for a polynomial.</summary>
public enum DeisVariable
{
    /// <summary>t of the VP process (β_d = 19.9, β_min = 0.1): the paper's tAB.</summary>
    Time,

    /// <summary>t of the VP process that has the first level at t = 1 and the last positive one at t = 0.001, as EDM refits it.</summary>
    RefittedTime,

    /// <summary>σ (ρ in the paper): its ρAB, a variable-step Adams-Bashforth method.</summary>
    Sigma,

    /// <summary>ln σ, as a widespread implementation of DEIS has it.</summary>
    LogSigma,
}
