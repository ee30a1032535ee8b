namespace DiffuSharp.Metrics;

/// <summary>A kernel distance from subsets. It is unbiased for every N, and may be negative.</summary>
/// <param name="Mean">Mean over the subsets.</param>
/// <param name="Std">Standard deviation over the subsets (n, as published tools print it); no error bar of the mean.</param>
/// <param name="Subsets">Number of subsets.</param>
/// <param name="SubsetSize">Images of each set in a subset, as used.</param>
public readonly record struct KernelDistanceResult(double Mean, double Std, int Subsets, int SubsetSize);
