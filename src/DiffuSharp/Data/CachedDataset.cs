namespace DiffuSharp.Data;

/// <summary>Keeps every image in memory (C·H·W bytes each) once it has been read.</summary>
/// <param name="inner">Read at most once per image, but for two threads that want the same image first; disposed with this.</param>
public sealed class CachedDataset(IImageDataset inner) : IImageDataset
{
    private readonly byte[]?[] _images = new byte[]?[inner.Count];

    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public int Count => inner.Count;

    /// <inheritdoc/>
    public ImageShape Shape => inner.Shape;

    /// <inheritdoc/>
    public int LabelCount => inner.LabelCount;

    /// <inheritdoc/>
    public IReadOnlyList<string>? LabelNames => inner.LabelNames;

    /// <inheritdoc/>
    public void ReadImage(int index, Span<byte> chw)
    {
        byte[]? image = Volatile.Read(ref _images[index]);
        if (image is null)
        {
            image = new byte[Shape.Count];
            inner.ReadImage(index, image);
            Volatile.Write(ref _images[index], image);
        }

        image.CopyTo(chw);
    }

    /// <inheritdoc/>
    public void ReadLabel(int index, Span<float> label) => inner.ReadLabel(index, label);

    /// <inheritdoc/>
    public string FileName(int index) => inner.FileName(index);

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();
}
