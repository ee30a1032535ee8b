using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>
/// DEIS, Adams-Bashforth (Zhang and Chen 2022): the ODE dx = ε dσ with ε = (x − D)/σ, where ε is the Lagrange polynomial through the
/// last evaluations in a variable of choice, integrated over the step.
/// </summary>
public static class Deis
{
    /// <summary>The tableau of a run: one evaluation a step.</summary>
    /// <param name="levels">σ_0 … σ_N, strictly falling.</param>
    /// <param name="order">From 1 (DDIM) to 4; the paper's tAB3 has a polynomial of degree 3, which is order 4 here.</param>
    /// <param name="variable">The variable of the polynomial.</param>
    /// <param name="lowerOrderFinal">Whether the last steps fall back to lower order.</param>
    /// <exception cref="InvalidInputException">The order is out of range, or two levels are equal.</exception>
    public static SamplerTableau Create(
        NoiseLevels levels, int order = 3, DeisVariable variable = DeisVariable.Time, bool lowerOrderFinal = true)
    {
        MultistepOrder.Validate(levels, order, highest: 4);
        Func<double, double> time = variable switch
        {
            DeisVariable.Time => new VPNoiseSchedule().Time,
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
            var now = MultistepOrder.At(levels, i, order, lowerOrderFinal);
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
            var t = time(sigma);
            var product = sigma;
            for (var j = 0; j < order; j++)
            {
                product *= j == k ? 1 : (t - nodes[j]) / (nodes[k] - nodes[j]);
            }

            return product;
        }
    }
}
