using DiffuSharp.Data;

namespace DiffuSharp.Tests.Likelihood;

/// <summary>Images in memory without labels.</summary>
internal sealed class MemoryDataset(ImageShape shape, params byte[][] images) : IImageDataset
{
    public string Name => "memory";

    public int Count => images.Length;

    public ImageShape Shape => shape;

    public int LabelCount => 0;

    public IReadOnlyList<string>? LabelNames => null;

    public void ReadImage(int index, Span<byte> chw) => images[index].CopyTo(chw);

    public void ReadLabel(int index, Span<float> label) => label.Clear();

    public string FileName(int index) => $"{index}";

    public void Dispose()
    {
    }
}
