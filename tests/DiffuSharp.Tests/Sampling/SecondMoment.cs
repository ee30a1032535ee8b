using DiffuSharp.Sampling;

namespace DiffuSharp.Tests.Sampling;

/// <summary>
/// E[x²] of the sample of a stochastic sampler on two Dirac peaks, without any draw: the density of the state goes from row to row by
/// quadrature on a grid. The first state has the exact distribution.
/// </summary>
internal static class SecondMoment
{
    private const int Half = 375;
    private const double Spacing = 0.08;

    /// <summary>E[x²] for a tableau whose rows are x_{i+1} = a x_i + c D_i + s z.</summary>
    public static double After(SamplerTableau tableau)
    {
        double[] density = [.. Enumerable.Range(-Half, 2 * Half + 1).Select(k => Start(k * Spacing, tableau.Rows[0].Sigma))];
        for (var i = 1; i < tableau.Rows.Count; i++)
        {
            density = Next(density, tableau.Rows[i], tableau.Rows[i - 1].Sigma, i);
        }

        return Spacing * density.Select((p, k) => p * Spacing * Spacing * (k - Half) * (k - Half)).Sum();
    }

    private static double Start(double x, double sigma) => 0.5 * (Normal(x - 1, sigma) + Normal(x + 1, sigma));

    private static double[] Next(double[] density, SamplerRow row, double sigma, int i)
    {
        row.States.Select(term => term.Row).ShouldBe([i - 1]);
        row.Denoised.Select(term => term.Row).ShouldBe([i - 1]);
        var next = new double[density.Length];
        for (var k = 0; k < density.Length; k++)
        {
            var x = (k - Half) * Spacing;
            var mean = row.States[0].Coefficient * x + row.Denoised[0].Coefficient * Math.Tanh(x / (sigma * sigma));
            var centre = (int)Math.Round(mean / Spacing) + Half;
            var reach = (int)Math.Ceiling(7 * row.Noise / Spacing);
            for (var j = Math.Max(0, centre - reach); j <= Math.Min(density.Length - 1, centre + reach); j++)
            {
                next[j] += Spacing * density[k] * Normal((j - Half) * Spacing - mean, row.Noise);
            }
        }

        return next;
    }

    private static double Normal(double x, double std) => Math.Exp(-0.5 * x * x / (std * std)) / (std * Math.Sqrt(2 * Math.PI));
}
