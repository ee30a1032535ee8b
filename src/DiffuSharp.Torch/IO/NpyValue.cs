namespace DiffuSharp.Torch.IO;

/// <summary>What a NumPy file holds: a <see cref="NpyArray"/> of numbers or an <see cref="NpyStrings"/> of text.</summary>
public abstract class NpyValue
{
    private protected NpyValue(long[] shape) => Shape = shape;

    /// <summary>Sizes, row-major; empty for a scalar.</summary>
    public long[] Shape { get; }
}
