using System.Diagnostics;
using DiffuSharp.Metrics;
using DiffuSharp.Torch;

namespace DiffuSharp.Benchmarking;

/// <summary>Times the Frechet and the kernel distance on features drawn from one normal distribution, so that both numbers should be near their bias.</summary>
public static class MetricsBenchmark
{
    private const int Batch = 1000;

    /// <summary>Runs the benchmark.</summary>
    /// <param name="options">Sizes.</param>
    /// <param name="progress">Told the part that is done, 0 to 1, after each of four parts.</param>
    /// <param name="cancellation">Looked at between batches and subsets.</param>
    /// <exception cref="InvalidInputException">A size is out of range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static MetricsBenchmarkResult Run(
        MetricsBenchmarkOptions options, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        options.Validate();
        using var scope = torch.NewDisposeScope();
        using var mode = torch.no_grad();
        var (features, others) = (Draw(options.Images, options.FeatureDim, 1), Draw(Math.Min(options.Images, options.ReferenceImages), options.FeatureDim, 2));
        var parts = 0;
        var (images, momentsSeconds) = Timed(() => Moments(options.Images, options.FeatureDim, seed: 1, cancellation));
        var (reference, referenceSeconds) = Timed(() => Moments(options.ReferenceImages, options.FeatureDim, seed: 2, cancellation));
        var (frechet, frechetSeconds) = Timed(() => FrechetDistance.Compute(images, reference).Value);
        images.Dispose();
        reference.Dispose();
        var (kernel, kernelSeconds) = Timed(() => KernelDistance.FromSubsets(features, others, options.Kernel, cancellation).Mean);
        return new MetricsBenchmarkResult(momentsSeconds, referenceSeconds, frechetSeconds, kernelSeconds, frechet, kernel);

        (T Value, double Seconds) Timed<T>(Func<T> part)
        {
            const int Parts = 4;
            cancellation.ThrowIfCancellationRequested();
            var watch = Stopwatch.StartNew();
            var value = part();
            progress?.Report((double)++parts / Parts);
            return (value, watch.Elapsed.TotalSeconds);
        }
    }

    // Batch by batch, as features come from a network: only the sums stay in memory. The draws are part of the time.
    private static FeatureStatistics Moments(int count, int dimension, ulong seed, CancellationToken cancellation)
    {
        using var moments = new FeatureMoments();
        using var generator = new Generator(seed);
        for (var start = 0; start < count; start += Batch)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = torch.NewDisposeScope();
            moments.Add(torch.randn([Math.Min(Batch, count - start), dimension], generator));
        }

        return moments.ToStatistics();
    }

    private static Tensor Draw(int count, int dimension, ulong seed)
    {
        using var generator = new Generator(seed);
        return torch.randn([count, dimension], generator);
    }
}
