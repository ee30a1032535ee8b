using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DiffuSharp.Torch.Interop;

namespace DiffuSharp.Torch;

/// <content>Elements as .NET memory.</content>
public unsafe partial class Tensor
{
    /// <summary>The single element.</summary>
    /// <exception cref="InvalidOperationException">There is not exactly one element, or T is not its type.</exception>
    public T item<T>()
        where T : unmanaged
    {
        T value = default;
        CopyTo(new Span<T>(ref value));
        return value;
    }

    /// <summary>The single element as double, whatever its type.</summary>
    public double ToDouble()
    {
        using var number = to(ScalarType.Float64);
        return number.item<double>();
    }

    /// <summary>A copy of the elements in row-major order.</summary>
    /// <exception cref="InvalidOperationException">T is not the element type.</exception>
    public T[] ToArray<T>()
        where T : unmanaged
    {
        var values = GC.AllocateUninitializedArray<T>(checked((int)numel()));
        CopyTo<T>(values);
        return values;
    }

    /// <summary>Copies the elements in row-major order.</summary>
    /// <exception cref="InvalidOperationException">T is not the element type or the lengths differ.</exception>
    public void CopyTo<T>(Span<T> destination)
        where T : unmanaged
    {
        if (dtype.ElementSize() != Unsafe.SizeOf<T>() || numel() != destination.Length)
        {
            throw new InvalidOperationException($"cannot copy {Describe()} to {destination.Length} elements of {typeof(T).Name}");
        }

        CopyTo(MemoryMarshal.AsBytes(destination));
    }

    /// <summary>Copies the bytes of the elements in row-major order.</summary>
    /// <exception cref="TorchException">The lengths differ.</exception>
    public void CopyTo(Span<byte> destination)
    {
        fixed (byte* first = destination)
        {
            Native.Check(Alive(Native.ds_tensor_copy_to(Handle, first, destination.Length)));
        }
    }

    /// <summary>The elements themselves, in memory order, while the tensor lives; CPU tensors without gaps only.</summary>
    /// <exception cref="InvalidOperationException">T is not the element type or the tensor has gaps.</exception>
    public Span<T> data<T>()
        where T : unmanaged => dtype.ElementSize() == Unsafe.SizeOf<T>()
            ? MemoryMarshal.Cast<byte, T>(bytes())
            : throw new InvalidOperationException($"no direct access to {Describe()} as {typeof(T).Name}");

    /// <summary>The bytes of the elements themselves, in memory order, while the tensor lives; CPU tensors without gaps only.</summary>
    /// <exception cref="InvalidOperationException">The tensor has gaps.</exception>
    public Span<byte> bytes()
    {
        if (!is_contiguous() && !is_contiguous(MemoryFormat.ChannelsLast))
        {
            throw new InvalidOperationException($"no direct access to {Describe()} with gaps");
        }

        Native.Check(Alive(Native.ds_tensor_data(Handle, out var address)));
        _generation++;
        return new Span<byte>((void*)address, checked((int)(numel() * dtype.ElementSize())));
    }
}
