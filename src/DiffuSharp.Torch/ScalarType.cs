namespace DiffuSharp.Torch;

/// <summary>Element type of a tensor; the values are libtorch's own (c10/core/ScalarType.h).</summary>
public enum ScalarType : sbyte
{
    /// <summary>8-bit unsigned integer.</summary>
    Byte = 0,

    /// <summary>8-bit signed integer.</summary>
    Int8 = 1,

    /// <summary>16-bit signed integer.</summary>
    Int16 = 2,

    /// <summary>32-bit signed integer.</summary>
    Int32 = 3,

    /// <summary>64-bit signed integer.</summary>
    Int64 = 4,

    /// <summary>IEEE 754 half precision.</summary>
    Float16 = 5,

    /// <summary>IEEE 754 single precision.</summary>
    Float32 = 6,

    /// <summary>IEEE 754 double precision.</summary>
    Float64 = 7,

    /// <summary>One byte, zero or one.</summary>
    Bool = 11,

    /// <summary>The upper 16 bits of a single-precision number.</summary>
    BFloat16 = 15,
}
