using System.Runtime.InteropServices;

namespace DiffuSharp.Torch.IO;

/// <summary>Numbers or booleans of a NumPy file, row-major (C order) and little-endian.</summary>
public sealed class NpyArray : NpyValue
{
    /// <summary>An array over existing bytes.</summary>
    /// <param name="type">Element type; NumPy has no BFloat16.</param>
    /// <param name="shape">Sizes; empty for a scalar.</param>
    /// <param name="data">As many bytes as shape and type take; not copied.</param>
    /// <exception cref="ArgumentException">NumPy has no such type, or the bytes do not fit the shape.</exception>
    public NpyArray(ScalarType type, long[] shape, byte[] data)
        : base(shape)
    {
        if (type == ScalarType.BFloat16)
        {
            throw new ArgumentException("NumPy has no BFloat16, convert to Float32", nameof(type));
        }

        if (shape.Length > ShapeSize.MaximumRank || !ShapeSize.TryGetBytes(shape, type.ElementSize(), out var bytes)
            || bytes != data.Length)
        {
            throw new ArgumentException($"{type} {ShapeSize.Format(shape)} does not take {data.Length} bytes", nameof(data));
        }

        Type = type;
        Data = data;
    }

    /// <summary>Element type.</summary>
    public ScalarType Type { get; }

    /// <summary>The elements, row-major and little-endian.</summary>
    public byte[] Data { get; }

    /// <summary>An array with a copy of values.</summary>
    /// <param name="values">Elements, row-major; <typeparamref name="T"/> is byte, sbyte, short, int, long, Half, float, double or
    /// bool.</param>
    /// <param name="shape">Sizes; none for a scalar.</param>
    /// <exception cref="ArgumentException">The number of values is not the product of the sizes, or T is another type.</exception>
    public static NpyArray Create<T>(ReadOnlySpan<T> values, params long[] shape)
        where T : unmanaged =>
        new(ScalarTypeExtensions.TypeOf<T>(), shape, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>The elements, row-major.</summary>
    /// <exception cref="InvalidOperationException">The array has another element type.</exception>
    public Span<T> AsSpan<T>()
        where T : unmanaged =>
        ScalarTypeExtensions.TypeOf<T>() == Type
            ? MemoryMarshal.Cast<byte, T>(Data.AsSpan())
            : throw new InvalidOperationException($"the array holds {Type}, not {typeof(T).Name}");
}
