using System.Runtime.CompilerServices;
using DiffuSharp.Torch.Interop;

namespace DiffuSharp.Torch;

/// <summary>The functions of PyTorch's <c>torch</c> namespace.</summary>
public static unsafe partial class torch
{
    private static readonly Operator s_zeros = new("aten::zeros");
    private static readonly Operator s_ones = new("aten::ones");
    private static readonly Operator s_full = new("aten::full");
    private static readonly Operator s_empty = new("aten::empty", "memory_format");
    private static readonly Operator s_arange = new("aten::arange", "start");
    private static readonly Operator s_zeros_like = new("aten::zeros_like");

    /// <summary>Zeros of the given sizes.</summary>
    public static Tensor zeros(long[] size, ScalarType dtype = ScalarType.Float32, Device? device = null) =>
        s_zeros.Call(size, dtype, Argument.None, device);

    /// <summary>Ones of the given sizes.</summary>
    public static Tensor ones(long[] size, ScalarType dtype = ScalarType.Float32, Device? device = null) =>
        s_ones.Call(size, dtype, Argument.None, device);

    /// <summary>One value everywhere.</summary>
    public static Tensor full(long[] size, Scalar value, ScalarType dtype = ScalarType.Float32, Device? device = null) =>
        s_full.Call(size, value, dtype, Argument.None, device);

    /// <summary>Elements of no particular value.</summary>
    public static Tensor empty(long[] size, ScalarType dtype = ScalarType.Float32, Device? device = null) =>
        s_empty.Call(size, dtype, Argument.None, device);

    /// <summary>start, start + 1, … below end.</summary>
    public static Tensor arange(Scalar start, Scalar end, ScalarType dtype = ScalarType.Int64, Device? device = null) =>
        s_arange.Call(start, end, dtype, Argument.None, device);

    /// <summary>Zeros of the shape, type, device and layout of another tensor.</summary>
    public static Tensor zeros_like(Tensor other) => s_zeros_like.Call(other);

    /// <summary>A tensor with a copy of the values, row-major; without a shape it is a vector.</summary>
    /// <exception cref="ArgumentException">The shape does not hold that many values.</exception>
    public static Tensor tensor<T>(ReadOnlySpan<T> values, long[]? shape = null, ScalarType? dtype = null, Device? device = null)
        where T : unmanaged
    {
        shape ??= [values.Length];
        if (shape.Aggregate(1L, (product, size) => product * size) != values.Length)
        {
            throw new ArgumentException($"{values.Length} values do not fill the shape [{string.Join(",", shape)}]", nameof(shape));
        }

        var type = dtype ?? ScalarTypeExtensions.TypeOf<T>();
        if (type.ElementSize() != Unsafe.SizeOf<T>())
        {
            throw new ArgumentException($"{typeof(T).Name} values are not of type {type}", nameof(dtype));
        }

        fixed (T* data = values)
        fixed (long* sizes = shape)
        {
            Native.Check(Native.ds_tensor_from_data(
                data, sizes, shape.Length, (int)type, (device ?? Device.CPU).Packed, out var handle));
            return Tensor.FromHandle(handle);
        }
    }

    /// <summary>A tensor with a copy of the values, row-major.</summary>
    public static Tensor tensor<T>(T[] values, long[]? shape = null, ScalarType? dtype = null, Device? device = null)
        where T : unmanaged => tensor((ReadOnlySpan<T>)values, shape, dtype, device);

    /// <summary>A tensor without dimensions.</summary>
    public static Tensor scalar<T>(T value, Device? device = null)
        where T : unmanaged => tensor(new ReadOnlySpan<T>(in value), [], null, device);
}
