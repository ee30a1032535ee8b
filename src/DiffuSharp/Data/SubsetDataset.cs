namespace DiffuSharp.Data;

/// <summary>Some of a data set's images.</summary>
internal sealed class SubsetDataset(IImageDataset inner, int[] indices) : IImageDataset
{
    public string Name => inner.Name;

    public int Count => indices.Length;

    public ImageShape Shape => inner.Shape;

    public int LabelCount => inner.LabelCount;

    public IReadOnlyList<string>? LabelNames => inner.LabelNames;

    public void ReadImage(int index, Span<byte> chw) => inner.ReadImage(indices[index], chw);

    public void ReadLabel(int index, Span<float> label) => inner.ReadLabel(indices[index], label);

    public string FileName(int index) => inner.FileName(indices[index]);

    public void Dispose() => inner.Dispose();
}
