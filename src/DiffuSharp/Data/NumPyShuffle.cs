namespace DiffuSharp.Data;

/// <summary>
/// <c>numpy.random.RandomState(seed).shuffle</c> on 0..n-1, which decides EDM's subsets: MT19937 (Matsumoto and Nishimura 1998,
/// initialised by one integer), Fisher-Yates from the end, bounded integers by masked rejection.
/// </summary>
internal sealed class NumPyShuffle
{
    private const int Size = 624;
    private const int Offset = 397;

    private readonly uint[] _state = new uint[Size];
    private int _position = Size;

    private NumPyShuffle(uint seed)
    {
        _state[0] = seed;
        for (var i = 1; i < Size; i++)
        {
            _state[i] = (1812433253u * (_state[i - 1] ^ (_state[i - 1] >> 30))) + (uint)i;
        }
    }

    /// <summary>A permutation of 0..n-1.</summary>
    public static int[] Permutation(int n, int seed)
    {
        var generator = new NumPyShuffle((uint)seed);
        int[] items = [.. Enumerable.Range(0, n)];
        for (var i = n - 1; i > 0; i--)
        {
            var j = (int)generator.NextUpTo((uint)i);
            (items[i], items[j]) = (items[j], items[i]);
        }

        return items;
    }

    /// <summary>The first <paramref name="size"/> of a permutation of 0..n-1, in order.</summary>
    public static int[] Subset(int n, int size, int seed)
    {
        var subset = Permutation(n, seed)[..size];
        Array.Sort(subset);
        return subset;
    }

    private uint NextUpTo(uint maximum)
    {
        var mask = uint.MaxValue >> System.Numerics.BitOperations.LeadingZeroCount(maximum);
        uint value;
        do
        {
            value = Next() & mask;
        }
        while (value > maximum);

        return value;
    }

    private uint Next()
    {
        if (_position == Size)
        {
            Refill();
        }

        var y = _state[_position++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680u;
        y ^= (y << 15) & 0xefc60000u;
        return y ^ (y >> 18);
    }

    private void Refill()
    {
        for (var k = 0; k < Size; k++)
        {
            var y = (_state[k] & 0x80000000u) | (_state[(k + 1) % Size] & 0x7fffffffu);
            _state[k] = _state[(k + Offset) % Size] ^ (y >> 1) ^ ((y & 1u) * 0x9908b0dfu);
        }

        _position = 0;
    }
}
