namespace DiffuSharp.Torch.IO;

/// <summary>One tensor to be written to a safetensors file.</summary>
public sealed class SafetensorsTensor
{
    /// <summary>A tensor whose bytes are written when its turn comes.</summary>
    /// <param name="name">Name, unique in the file and not <c>__metadata__</c>.</param>
    /// <param name="type">Element type.</param>
    /// <param name="shape">Sizes; empty for a scalar.</param>
    /// <param name="write">Writes exactly <see cref="ByteLength"/> bytes, row-major and little-endian.</param>
    /// <exception cref="ArgumentException">The name is taken by the format, or the shape is impossible.</exception>
    public SafetensorsTensor(string name, ScalarType type, long[] shape, Action<Stream> write)
    {
        if (name == SafetensorsFormat.MetadataKey)
        {
            throw new ArgumentException($"no tensor can be named {name}, the format uses this name", nameof(name));
        }

        if (shape.Length > ShapeSize.MaximumRank || !ShapeSize.TryGetBytes(shape, type.ElementSize(), out var bytes))
        {
            throw new ArgumentException($"tensor '{name}' has the impossible shape {ShapeSize.Format(shape)}", nameof(shape));
        }

        Name = name;
        Type = type;
        Shape = shape;
        ByteLength = bytes;
        WriteTo = write;
    }

    /// <summary>A tensor whose bytes are in memory.</summary>
    /// <param name="name">Name, unique in the file and not <c>__metadata__</c>.</param>
    /// <param name="type">Element type.</param>
    /// <param name="shape">Sizes; empty for a scalar.</param>
    /// <param name="data">Exactly <see cref="ByteLength"/> bytes, row-major and little-endian.</param>
    /// <exception cref="ArgumentException">The name is taken by the format, the shape is impossible or the data has
    /// another length.</exception>
    public SafetensorsTensor(string name, ScalarType type, long[] shape, ReadOnlyMemory<byte> data)
        : this(name, type, shape, stream => stream.Write(data.Span))
    {
        if (data.Length != ByteLength)
        {
            throw new ArgumentException(
                $"tensor '{name}' {ShapeSize.Format(shape)} takes {ByteLength} bytes, not {data.Length}", nameof(data));
        }
    }

    /// <summary>Name of the tensor.</summary>
    public string Name { get; }

    /// <summary>Element type.</summary>
    public ScalarType Type { get; }

    /// <summary>Sizes, row-major; empty for a scalar.</summary>
    public long[] Shape { get; }

    /// <summary>Number of bytes: the product of the sizes times the element size.</summary>
    public long ByteLength { get; }

    internal Action<Stream> WriteTo { get; }
}
