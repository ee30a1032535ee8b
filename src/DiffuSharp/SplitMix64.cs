namespace DiffuSharp;

/// <summary>SplitMix64 (Steele, Lea, Flood 2014): seeds, and streams of random bits, as pure functions of numbers.</summary>
internal static class SplitMix64
{
    private const ulong Increment = 0x9E3779B97F4A7C15;

    /// <summary>One seed from several words, all of whose bits depend on all of theirs.</summary>
    public static ulong Mix(params ReadOnlySpan<ulong> words)
    {
        ulong state = 0;
        foreach (var word in words)
        {
            state = At(state ^ word, 0);
        }

        return state;
    }

    /// <summary>Output <paramref name="index"/> of the generator that starts at <paramref name="seed"/>.</summary>
    public static ulong At(ulong seed, ulong index)
    {
        var z = seed + ((index + 1) * Increment);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
