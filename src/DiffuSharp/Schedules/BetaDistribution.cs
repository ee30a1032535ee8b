namespace DiffuSharp.Schedules;

/// <summary>The beta distribution with density ∝ x^(a−1) (1 − x)^(b−1) on [0, 1].</summary>
internal static class BetaDistribution
{
    private const int Iterations = 60;

    /// <summary>The x below which a part <paramref name="p"/> of the distribution lies.</summary>
    /// <param name="p">In [0, 1].</param>
    /// <param name="a">First shape, greater than 0.</param>
    /// <param name="b">Second shape, greater than 0.</param>
    public static double Quantile(double p, double a, double b)
    {
        (var low, var high) = (Below(0.5, a, b), Below(0.5, b, a));
        return p * (low + high) <= low ? LowerHalf(p * (low + high), a, b) : 1 - LowerHalf((1 - p) * (low + high), b, a);
    }

    // The x in [0, ½] with ∫_0^x t^(a−1) (1 − t)^(b−1) dt = mass, by Newton's method in x^a, in which the integral is nearly linear.
    private static double LowerHalf(double mass, double a, double b)
    {
        var power = a * mass;
        for (var i = 0; i < Iterations; i++)
        {
            var x = Math.Min(Math.Pow(power, 1 / a), 0.5);
            power = Math.Max(0, Math.Pow(x, a) - ((Below(x, a, b) - mass) * a / Math.Pow(1 - x, b - 1)));
        }

        return Math.Min(Math.Pow(power, 1 / a), 0.5);
    }

    // ∫_0^x t^(a−1) (1 − t)^(b−1) dt for x ≤ ½: x^a Σ (1 − b)_n/n! x^n/(a + n).
    private static double Below(double x, double a, double b)
    {
        var (term, sum) = (1.0, 1 / a);
        for (var n = 1; n < 80; n++)
        {
            term *= (n - b) / n * x;
            sum += term / (a + n);
        }

        return Math.Pow(x, a) * sum;
    }
}
