namespace DiffuSharp;

/// <summary>How well the mean of measured numbers is known.</summary>
internal static class StandardError
{
    /// <summary>Standard error of the mean, from the standard deviation with n − 1; NaN for fewer than 2 numbers.</summary>
    /// <param name="values">Independent measurements, at least one.</param>
    public static double OfMean(IReadOnlyList<double> values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1.0) / values.Count);
    }
}
