namespace DiffuSharp.Metrics;

/// <summary>How often a classifier sees the class that was meant.</summary>
/// <param name="Value">Part of the images, 0 to 1.</param>
/// <param name="PerClass">The same for each class; NaN for classes without images.</param>
/// <param name="Count">Images.</param>
public sealed record ClassAccuracyResult(double Value, IReadOnlyList<double> PerClass, long Count)
{
    /// <summary>Binomial standard error √(p(1−p)/N).</summary>
    public double StandardError => Math.Sqrt(Value * (1 - Value) / Count);
}
