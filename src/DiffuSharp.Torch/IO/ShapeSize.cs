namespace DiffuSharp.Torch.IO;

/// <summary>Sizes of arrays whose shapes come from files.</summary>
internal static class ShapeSize
{
    /// <summary>Most dimensions that a file may claim: NumPy's limit, and that of libtorch's iterators.</summary>
    public const int MaximumRank = 64;

    /// <summary>
    /// Bytes of an array. False where a size is negative, or where the product overflows 64 bits even when empty dimensions
    /// count as one (strides are computed that way).
    /// </summary>
    public static bool TryGetBytes(ReadOnlySpan<long> shape, int elementSize, out long bytes)
    {
        long product = elementSize;
        var empty = false;
        bytes = 0;
        foreach (var size in shape)
        {
            if (size < 0 || (size > 0 && product > long.MaxValue / size))
            {
                return false;
            }

            empty |= size == 0;
            product *= Math.Max(size, 1);
        }

        bytes = empty ? 0 : product;
        return true;
    }

    /// <summary>A shape in messages: [2, 3].</summary>
    public static string Format(ReadOnlySpan<long> shape) => $"[{string.Join(", ", shape.ToArray())}]";
}
