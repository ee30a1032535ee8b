namespace DiffuSharp.Sampling.Solvers;

/// <summary>Gauss-Legendre quadrature, exact to rounding for smooth integrands.</summary>
internal static class GaussLegendre
{
    private const int Points = 24;
    private static readonly (double Node, double Weight)[] s_rule = Rule();

    /// <summary>∫ f over [<paramref name="from"/>, <paramref name="to"/>], in panels of length 1 at most.</summary>
    public static double Integrate(Func<double, double> f, double from, double to)
    {
        int panels = (int)Math.Max(1, Math.Ceiling(Math.Abs(to - from)));
        double half = (to - from) / panels / 2;
        double sum = 0;
        for (int panel = 0; panel < panels; panel++)
        {
            double middle = from + (2 * panel + 1) * half;
            sum += s_rule.Sum(point => point.Weight * f(middle + half * point.Node));
        }

        return half * sum;
    }

    // The roots of the Legendre polynomial by Newton's method.
    private static (double Node, double Weight)[] Rule()
    {
        var rule = new (double Node, double Weight)[Points];
        for (int k = 0; k < Points; k++)
        {
            double x = Math.Cos(Math.PI * (k + 0.75) / (Points + 0.5));
            double slope = 0;
            for (int iteration = 0; iteration < 10; iteration++)
            {
                (double before, double value) = (1, x);
                for (int n = 2; n <= Points; n++)
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
