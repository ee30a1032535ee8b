using System.Numerics;

namespace DiffuSharp.Data;

/// <summary>
/// The one rule between images in [-1, 1] and bytes, EDM's: x/127.5 - 1 one way and floor(127.5 x + 128) clipped to 0..255, which
/// rounds half up, the other. The two are inverses on bytes.
/// </summary>
public static class PixelRange
{
    private static readonly float[] s_floats = [.. Enumerable.Range(0, 256).Select(v => (v / 127.5f) - 1f)];

    /// <summary>Bytes to floats in [-1, 1].</summary>
    /// <param name="pixels">Values 0..255.</param>
    /// <param name="values">Receives as many values.</param>
    public static void ToFloat(ReadOnlySpan<byte> pixels, Span<float> values)
    {
        if (values.Length != pixels.Length)
        {
            throw new ArgumentException("values: not as many as pixels");
        }

        for (var i = 0; i < pixels.Length; i++)
        {
            values[i] = s_floats[pixels[i]];
        }
    }

    /// <summary>s_floats to bytes; NaN becomes 0.</summary>
    /// <param name="values">Any values; those beyond [-1, 1] are clipped.</param>
    /// <param name="pixels">Receives as many values.</param>
    public static void ToBytes(ReadOnlySpan<float> values, Span<byte> pixels)
    {
        if (values.Length != pixels.Length)
        {
            throw new ArgumentException("pixels: not as many as values");
        }

        var lanes = Vector<float>.Count;
        var i = 0;
        for (; i <= values.Length - (4 * lanes); i += 4 * lanes)
        {
            var low = Vector.Narrow(Quantise(values, i), Quantise(values, i + lanes));
            var high = Vector.Narrow(Quantise(values, i + (2 * lanes)), Quantise(values, i + (3 * lanes)));
            Vector.Narrow(low, high).CopyTo(pixels[i..]);
        }

        for (; i < values.Length; i++)
        {
            var v = (values[i] * 127.5f) + 128f;
            pixels[i] = v > 0f ? (byte)MathF.Min(v, 255f) : (byte)0;
        }
    }

    private static Vector<uint> Quantise(ReadOnlySpan<float> values, int at)
    {
        var v = (new Vector<float>(values[at..]) * 127.5f) + new Vector<float>(128f);
        var positive = Vector.ConditionalSelect(Vector.GreaterThan(v, Vector<float>.Zero), v, Vector<float>.Zero);
        return Vector.AsVectorUInt32(Vector.ConvertToInt32(Vector.Min(positive, new Vector<float>(255f))));
    }
}
