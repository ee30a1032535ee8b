using DiffuSharp.Torch.IO.Pickle;

namespace DiffuSharp.Torch.IO;

/// <summary>One tensor of a <see cref="TorchArchive"/>: a view of a storage that other tensors may share.</summary>
public sealed class TorchTensorEntry
{
    internal TorchTensorEntry(TorchStorage storage, long offset, long[] shape, long[] strides)
    {
        Storage = storage;
        Offset = offset;
        Shape = shape;
        Strides = strides;
    }

    /// <summary>Element type.</summary>
    public ScalarType Type => Storage.Type;

    /// <summary>Sizes; empty for a scalar.</summary>
    public long[] Shape { get; }

    /// <summary>Elements between neighbours along each dimension.</summary>
    public long[] Strides { get; }

    /// <summary>First element in the storage.</summary>
    public long Offset { get; }

    internal TorchStorage Storage { get; }
}
