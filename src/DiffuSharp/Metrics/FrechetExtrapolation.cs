using DiffuSharp.Torch;

namespace DiffuSharp.Metrics;

/// <summary>
/// The bias of a Frechet distance from few images: it falls as 1/N, so a line through the distances of random subsets, over 1/N,
/// gives the limit (Chong and Forsyth 2020). The bias from the reference's own number of images remains.
/// </summary>
public static class FrechetExtrapolation
{
    private const int Points = 8;
    private const double SmallestPart = 0.25;

    /// <summary>Fits eight subset sizes between N/4 and N, evenly spaced in 1/N.</summary>
    /// <param name="generated">[N,d].</param>
    /// <param name="reference">The reference.</param>
    /// <param name="seed">Seed of the subsets.</param>
    /// <param name="cancellation">Looked at before each subset.</param>
    /// <exception cref="InvalidInputException">Fewer than 32 images.</exception>
    public static FrechetExtrapolationResult Compute(
        Tensor generated, FeatureStatistics reference, ulong seed, CancellationToken cancellation = default)
    {
        var n = generated.size(0);
        if (n < 4 * Points)
        {
            throw new InvalidInputException($"fid bias: {n} images; at least {4 * Points} are needed");
        }

        using var scope = torch.NewDisposeScope();
        using var generator = new Generator(seed);
        double[] parts = [.. Enumerable.Range(0, Points).Select(i => 1 / (1 + (i * ((1 / SmallestPart) - 1) / (Points - 1))))];
        var counts = Array.ConvertAll(parts, part => (long)Math.Round(part * n));
        var distances = Array.ConvertAll(counts, count =>
        {
            cancellation.ThrowIfCancellationRequested();
            using var inner = torch.NewDisposeScope();
            using var subset = FeatureStatistics.Of(generated.index_select(0, torch.randperm(n, generator)[..(int)count]));
            return FrechetDistance.Compute(subset, reference).Value;
        });
        var line = LinearFit.Of(Array.ConvertAll(counts, count => 1.0 / count), distances);
        return new FrechetExtrapolationResult(line.Intercept, line.Slope / n, line.Slope);
    }
}
