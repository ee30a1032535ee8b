namespace DiffuSharp.Tests.Sampling;

/// <summary>
/// One-dimensional data at ±1 with equal weight: D(x; σ) = tanh(x/σ²), smooth and far from Gaussian.
/// </summary>
internal static class TwoPeaks
{
    public static double[] Denoise(double[] x, double sigma) => [.. x.Select(value => Math.Tanh(value / (sigma * sigma)))];

    /// <summary>dx/dσ = (x − D(x; σ))/σ solved by RK4 in ln σ, independently of any tableau.</summary>
    public static double Solve(double x, double from, double to, int steps)
    {
        var h = Math.Log(to / from) / steps;
        for (var i = 0; i < steps; i++)
        {
            var log = Math.Log(from) + i * h;
            var k1 = Slope(x, log);
            var k2 = Slope(x + 0.5 * h * k1, log + 0.5 * h);
            var k3 = Slope(x + 0.5 * h * k2, log + 0.5 * h);
            var k4 = Slope(x + h * k3, log + h);
            x += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
        }

        return x;
    }

    private static double Slope(double x, double logSigma)
    {
        var sigma = Math.Exp(logSigma);
        return x - Math.Tanh(x / (sigma * sigma));
    }
}
