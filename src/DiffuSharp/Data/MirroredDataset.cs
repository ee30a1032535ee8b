namespace DiffuSharp.Data;

/// <summary>A data set followed by itself mirrored left to right.</summary>
internal sealed class MirroredDataset(IImageDataset inner) : IImageDataset
{
    public string Name => inner.Name;

    public int Count => checked(2 * inner.Count);

    public ImageShape Shape => inner.Shape;

    public int LabelCount => inner.LabelCount;

    public IReadOnlyList<string>? LabelNames => inner.LabelNames;

    public void ReadImage(int index, Span<byte> chw)
    {
        inner.ReadImage(Original(index), chw);
        if (index >= inner.Count)
        {
            for (var row = 0; row < Shape.Count; row += Shape.Width)
            {
                chw.Slice(row, Shape.Width).Reverse();
            }
        }
    }

    public void ReadLabel(int index, Span<float> label) => inner.ReadLabel(Original(index), label);

    public string FileName(int index) => inner.FileName(Original(index));

    public void Dispose() => inner.Dispose();

    private int Original(int index) => index < inner.Count ? index : index - inner.Count;
}
