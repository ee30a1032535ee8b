namespace DiffuSharp.Sampling.Solvers;

/// <summary>Gauss-Legendre quadrature, exact to rounding for smooth integrands.</summary>
internal static class GaussLegendre
{
    private const int Points = 24;
    private static readonly (double Node, double Weight)[] s_rule = Rule();

    /// <summary>∫ f over [<paramref name="from"/>, <paramref name="to"/>], in panels of length 1 at most.</summary>
    public static double Integrate(Func<double, double> f, double from, double to)
    {
        var panels = (int)Math.Max(1, Math.Ceiling(Math.Abs(to - from)));
        var half = (to - from) / panels / 2;
        double sum = 0;
        for (var panel = 0; panel < panels; panel++)
        {
            var middle = from + (2 * panel + 1) * half;
            sum += s_rule.Sum(point => point.Weight * f(middle + half * point.Node));
        }

        return half * sum;
    }

    // The roots of the Legendre polynomial by Newton's method.
    private static (double Node, double Weight)[] Rule()
    {
        var rule = new (double Node, double Weight)[Points];
        for (var k = 0; k < Points; k++)
        {
            var x = Math.Cos(Math.PI * (k + 0.75) / (Points + 0.5));
            double slope = 0;
            for (var iteration = 0; iteration < 10; iteration++)
            {
                (double before, var value) = (1, x);
                for (var n = 2; n <= Points; n++)
                {
                    (before, value) = (value, ((2 * n - 1) * x * value - (n - 1) * before) / n);
                }

                slope = Points * (x * value - before) / (x * x - 1);
                x -= value / slope;
            }

            rule[k] = (x, 2 / ((1 - x * x) * slope * slope));
        }

        return rule;
    }
}
