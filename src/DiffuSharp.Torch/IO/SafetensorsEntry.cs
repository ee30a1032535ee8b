namespace DiffuSharp.Torch.IO;

/// <summary>Where one tensor lies in a safetensors file.</summary>
public sealed class SafetensorsEntry
{
    internal SafetensorsEntry(string name, ScalarType type, long[] shape, long offset, long byteLength)
    {
        Name = name;
        Type = type;
        Shape = shape;
        Offset = offset;
        ByteLength = byteLength;
    }

    /// <summary>Name of the tensor, unique in the file.</summary>
    public string Name { get; }

    /// <summary>Element type.</summary>
    public ScalarType Type { get; }

    /// <summary>Sizes, row-major; empty for a scalar.</summary>
    public long[] Shape { get; }

    /// <summary>First byte, counted from the end of the header.</summary>
    public long Offset { get; }

    /// <summary>Number of bytes: the product of the sizes times the element size.</summary>
    public long ByteLength { get; }
}
