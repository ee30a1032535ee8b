using System.Numerics;

namespace DiffuSharp.Likelihood.Codec;

/// <summary>The Walsh-Hadamard transform, which turns sums over i ⊕ j = k into products.</summary>
internal static class WalshHadamard
{
    /// <summary>Transforms in place, without a factor: twice is a multiplication by the length.</summary>
    /// <param name="values">A power of two of them.</param>
    public static void Transform(Span<double> values)
    {
        for (var half = 1; half < values.Length; half *= 2)
        {
            for (var start = 0; start < values.Length; start += 2 * half)
            {
                var first = values.Slice(start, half);
                var second = values.Slice(start + half, half);
                var i = 0;
                for (; i <= half - Vector<double>.Count; i += Vector<double>.Count)
                {
                    var a = new Vector<double>(first[i..]);
                    var b = new Vector<double>(second[i..]);
                    (a + b).CopyTo(first[i..]);
                    (a - b).CopyTo(second[i..]);
                }

                for (; i < half; i++)
                {
                    (first[i], second[i]) = (first[i] + second[i], first[i] - second[i]);
                }
            }
        }
    }
}
