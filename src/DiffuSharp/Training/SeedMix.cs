namespace DiffuSharp.Training;

/// <summary>
/// Seeds as a function of numbers: SplitMix64 (Steele, Lea, Flood 2014) folded over the words. Training keeps no generator
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
    public static ulong ForWeights(int seed) => Mix((ulong)seed, Weights, 0);

    /// <summary>Seed of the order of the data in an epoch.</summary>
    public static ulong ForOrder(int seed, long epoch) => Mix((ulong)seed, Order, (ulong)epoch);

    /// <summary>Seed of the augmentation, noise levels and noise of the iteration that starts at an image.</summary>
    public static ulong ForDraws(int seed, long imagesSeen) => Mix((ulong)seed, Draws, (ulong)imagesSeen);

    /// <summary>Seed of the dropout masks of the iteration that starts at an image.</summary>
    public static ulong ForDropout(int seed, long imagesSeen) => Mix((ulong)seed, Dropout, (ulong)imagesSeen);

    /// <summary>One seed from several words, all of whose bits depend on all of theirs.</summary>
    public static ulong Mix(params ReadOnlySpan<ulong> words)
    {
        ulong state = 0;
        foreach (ulong word in words)
        {
            state = Next(state ^ word);
        }

        return state;
    }

    private static ulong Next(ulong state)
    {
        ulong z = state + 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
