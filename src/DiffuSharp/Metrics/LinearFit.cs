namespace DiffuSharp.Metrics;

/// <summary>A straight line through points by least squares.</summary>
/// <param name="Intercept">Value at 0.</param>
/// <param name="Slope">Change per unit.</param>
internal readonly record struct LinearFit(double Intercept, double Slope)
{
    public static LinearFit Of(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        var (meanX, meanY) = (x.Average(), y.Average());
        var slope = x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum() / x.Sum(a => (a - meanX) * (a - meanX));
        return new LinearFit(meanY - (slope * meanX), slope);
    }
}
