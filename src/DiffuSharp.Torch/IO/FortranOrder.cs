namespace DiffuSharp.Torch.IO;

/// <summary>Arrays whose first index runs fastest.</summary>
internal static class FortranOrder
{
    /// <summary>Copies an array of Fortran order into row-major (C) order.</summary>
    /// <param name="source">The elements, first index fastest.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="elementSize">Bytes per element, any number.</param>
    public static byte[] ToRowMajor(byte[] source, long[] shape, int elementSize)
    {
        if (shape.Length < 2 || source.Length == 0)
        {
            return source;
        }

        var target = GC.AllocateUninitializedArray<byte>(source.Length);
        Span<int> index = stackalloc int[shape.Length];
        Span<int> stride = stackalloc int[shape.Length];
        index.Clear();
        stride[0] = elementSize;
        for (var axis = 1; axis < shape.Length; axis++)
        {
            stride[axis] = (int)(stride[axis - 1] * shape[axis - 1]);
        }

        var from = 0;
        for (var to = 0; to < target.Length; to += elementSize)
        {
            CopyElement(source, from, target, to, elementSize);
            for (var axis = shape.Length - 1; axis >= 0; axis--)
            {
                from += stride[axis];
                if (++index[axis] < shape[axis])
                {
                    break;
                }

                from -= stride[axis] * index[axis];
                index[axis] = 0;
            }
        }

        return target;
    }

    private static void CopyElement(byte[] source, int from, byte[] target, int to, int size) =>
        source.AsSpan(from, size).CopyTo(target.AsSpan(to, size));
}
