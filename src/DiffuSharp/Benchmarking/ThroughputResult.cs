namespace DiffuSharp.Benchmarking;

/// <summary>What <see cref="ThroughputBenchmark"/> measured.</summary>
/// <param name="Batch">Images in a batch.</param>
/// <param name="Seconds">Time of each repeat in the order in which they ran.</param>
public sealed record ThroughputResult(int Batch, IReadOnlyList<double> Seconds)
{
    /// <summary>Median time of one batch.</summary>
    public double MedianSeconds
    {
        get
        {
            double[] sorted = [.. Seconds.Order()];
            var middle = sorted.Length / 2;
            return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        }
    }

    /// <summary>Shortest time of one batch.</summary>
    public double MinSeconds => Seconds.Min();

    /// <summary>Images per second and network evaluation, or training step, at the median.</summary>
    public double ImagesPerSecond => Batch / MedianSeconds;
}
