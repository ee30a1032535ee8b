namespace DiffuSharp.Torch;

/// <summary>An integer or floating-point number, as operators take them.</summary>
public readonly struct Scalar
{
    private readonly long _bits;

    private Scalar(bool isInteger, long bits)
    {
        IsInteger = isInteger;
        _bits = bits;
    }

    /// <summary>Whether the number is an integer.</summary>
    public bool IsInteger { get; }

    /// <summary>An integer.</summary>
    public static implicit operator Scalar(long value) => new(true, value);

    /// <summary>An integer.</summary>
    public static implicit operator Scalar(int value) => new(true, value);

    /// <summary>A floating-point number.</summary>
    public static implicit operator Scalar(double value) => new(false, BitConverter.DoubleToInt64Bits(value));

    /// <summary>The number as an integer; a floating-point number is truncated.</summary>
    public long ToInt64() => IsInteger ? _bits : (long)BitConverter.Int64BitsToDouble(_bits);

    /// <summary>The number as double.</summary>
    public double ToDouble() => IsInteger ? _bits : BitConverter.Int64BitsToDouble(_bits);
}
