namespace DiffuSharp.Search.Noise;

/// <summary>
/// The random numbers of a search have addresses: the seed of the image, a purpose and a path of integers (round, candidate, row ...). An address
/// is folded into 64 bits, which alone decide the numbers; so a search draws the same in any batch, and again after a kill.
/// </summary>
public static class NoiseAddress
{
    private const double UnitOf53Bits = 1.0 / (1L << 53);

    /// <summary>The address of one draw.</summary>
    /// <param name="seed">Seed of the image.</param>
    /// <param name="purpose">What the number is for.</param>
    /// <param name="path">Round, candidate, row and so on.</param>
    public static ulong Of(long seed, DrawPurpose purpose, params ReadOnlySpan<long> path)
    {
        var key = SplitMix64.Mix((ulong)seed, (ulong)purpose);
        foreach (var word in path)
        {
            key = SplitMix64.Mix(key, (ulong)word);
        }

        return key;
    }

    /// <summary>A number in [0, 1).</summary>
    /// <param name="key">The address.</param>
    /// <param name="index">Which of its numbers.</param>
    public static double Uniform(ulong key, int index = 0) => (SplitMix64.At(key, (ulong)index) >> 11) * UnitOf53Bits;

    /// <summary>Unit normal numbers (Box and Muller 1958).</summary>
    /// <param name="key">The address.</param>
    /// <param name="values">Receives them.</param>
    public static void Normal(ulong key, Span<double> values)
    {
        for (var i = 0; i < values.Length; i += 2)
        {
            var radius = Math.Sqrt(-2 * Math.Log(1 - Uniform(key, i)));
            var (sine, cosine) = Math.SinCos(Math.Tau * Uniform(key, i + 1));
            values[i] = radius * cosine;
            if (i + 1 < values.Length)
            {
                values[i + 1] = radius * sine;
            }
        }
    }
}
