namespace DiffuSharp.Benchmarking;

/// <summary>Times of metrics on synthetic features, in seconds, and the numbers that came out.</summary>
/// <param name="MomentsSeconds">Mean and covariance of the generated features.</param>
/// <param name="ReferenceSeconds">Mean and covariance of the reference; in use they come from a file.</param>
/// <param name="FrechetSeconds">The Frechet distance of the two.</param>
/// <param name="KernelSeconds">The kernel distance from subsets, of the generated features and as many of the reference.</param>
/// <param name="Frechet">The Frechet distance.</param>
/// <param name="Kernel">The kernel distance.</param>
public sealed record MetricsBenchmarkResult(
    double MomentsSeconds, double ReferenceSeconds, double FrechetSeconds, double KernelSeconds, double Frechet, double Kernel);
