using DiffuSharp.Torch.Interop;

namespace DiffuSharp.Torch;

/// <summary>
/// One argument of an operator. Tensors, numbers, lists, strings, devices and generators convert implicitly;
/// <see cref="Default"/> takes the value of the operator's schema.
/// </summary>
public readonly struct Argument
{
    private Argument(NativeTag tag, long bits = 0, object? reference = null)
    {
        Tag = tag;
        Bits = bits;
        Reference = reference;
    }

    /// <summary>The default value of the operator's schema.</summary>
    public static Argument Default => new(NativeTag.Default);

    /// <summary>No value (Python's None).</summary>
    public static Argument None => new(NativeTag.None);

    internal NativeTag Tag { get; }

    internal long Bits { get; }

    internal object? Reference { get; }

    /// <summary>A tensor, or None for null.</summary>
    public static implicit operator Argument(Tensor? tensor) =>
        tensor is null ? None : new(NativeTag.Tensor, tensor.Handle, tensor);

    /// <summary>A list of tensors; null entries are for lists of optional tensors.</summary>
    public static implicit operator Argument(Tensor?[] tensors) => new(NativeTag.TensorList, 0, tensors);

    /// <summary>An integer.</summary>
    public static implicit operator Argument(long value) => new(NativeTag.Int, value);

    /// <summary>A floating-point number.</summary>
    public static implicit operator Argument(double value) => new(NativeTag.Double, BitConverter.DoubleToInt64Bits(value));

    /// <summary>A truth value.</summary>
    public static implicit operator Argument(bool value) => new(NativeTag.Bool, value ? 1 : 0);

    /// <summary>A number of either kind.</summary>
    public static implicit operator Argument(Scalar value) => value.IsInteger ? value.ToInt64() : value.ToDouble();

    /// <summary>A list of integers, such as sizes.</summary>
    public static implicit operator Argument(long[]? values) => values is null ? None : new(NativeTag.IntList, 0, values);

    /// <summary>A list of numbers.</summary>
    public static implicit operator Argument(double[]? values) => values is null ? None : new(NativeTag.DoubleList, 0, values);

    /// <summary>A string.</summary>
    public static implicit operator Argument(string? value) => value is null ? None : new(NativeTag.String, 0, value);

    /// <summary>An element type.</summary>
    public static implicit operator Argument(ScalarType type) => new(NativeTag.Int, (long)type);

    /// <summary>An element type, or None.</summary>
    public static implicit operator Argument(ScalarType? type) => type is { } value ? value : None;

    /// <summary>A memory format.</summary>
    public static implicit operator Argument(MemoryFormat format) => new(NativeTag.Int, (long)format);

    /// <summary>A device, or None for null.</summary>
    public static implicit operator Argument(Device? device) =>
        device is null ? None : new(NativeTag.Device, device.Packed);

    /// <summary>A generator, or None (the default generator) for null.</summary>
    public static implicit operator Argument(Generator? generator) =>
        generator is null ? None : new(NativeTag.Generator, generator.Handle, generator);
}
