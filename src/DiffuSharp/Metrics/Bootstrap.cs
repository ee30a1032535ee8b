using DiffuSharp.Torch;

namespace DiffuSharp.Metrics;

/// <summary>
/// Standard error of a metric by resampling the images with replacement (Efron 1979). Only the spread is meant: the mean of resampled
/// Frechet distances is biased upwards, because images repeat.
/// </summary>
public static class Bootstrap
{
    /// <summary>Standard deviation (n − 1) of the metric over resamples.</summary>
    /// <param name="count">Images N.</param>
    /// <param name="resamples">Number of resamples, at least 2.</param>
    /// <param name="seed">Seed of the resamples.</param>
    /// <param name="metric">The metric of the images with the given numbers, int64 [N].</param>
    /// <param name="cancellation">Looked at before each resample.</param>
    /// <exception cref="InvalidInputException">Fewer than two images or resamples.</exception>
    public static double StandardError(
        long count, int resamples, ulong seed, Func<Tensor, double> metric, CancellationToken cancellation = default)
    {
        if (count < 2 || resamples < 2)
        {
            throw new InvalidInputException($"bootstrap: {resamples} resamples of {count} images; at least 2 of each are needed");
        }

        using var generator = new Generator(seed);
        var values = new double[resamples];
        for (var i = 0; i < resamples; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = torch.NewDisposeScope();
            values[i] = metric(torch.randint(0, count, [count], generator));
        }

        var mean = values.Average();
        return Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (resamples - 1));
    }
}
