namespace DiffuSharp.Training;

/// <summary>
/// Seeds as a function of numbers (<see cref="SplitMix64"/>). Training keeps no generator
/// between iterations: what an iteration draws depends only on the seed of the run and the images seen, so a resumed run goes on
/// exactly.
/// </summary>
internal static class SeedMix
{
    private const ulong Weights = 0;
    private const ulong Order = 1;
    private const ulong Draws = 2;
    private const ulong Dropout = 3;

    /// <summary>Seed of the initial weights.</summary>
    public static ulong ForWeights(int seed) => SplitMix64.Mix((ulong)seed, Weights, 0);

    /// <summary>Seed of the order of the data in an epoch.</summary>
    public static ulong ForOrder(int seed, long epoch) => SplitMix64.Mix((ulong)seed, Order, (ulong)epoch);

    /// <summary>Seed of the augmentation, noise levels and noise of the iteration that starts at an image.</summary>
    public static ulong ForDraws(int seed, long imagesSeen) => SplitMix64.Mix((ulong)seed, Draws, (ulong)imagesSeen);

    /// <summary>Seed of the dropout masks of the iteration that starts at an image.</summary>
    public static ulong ForDropout(int seed, long imagesSeen) => SplitMix64.Mix((ulong)seed, Dropout, (ulong)imagesSeen);
}
