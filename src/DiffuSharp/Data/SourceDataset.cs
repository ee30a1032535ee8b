namespace DiffuSharp.Data;

/// <summary>A source's images, all of which must be 8-bit grey or RGB of the first one's shape.</summary>
internal sealed class SourceDataset : IImageDataset
{
    private readonly IImageSource _source;
    private readonly DatasetLabels? _labels;

    public SourceDataset(IImageSource source, LabelUse use)
    {
        _source = source;
        if (use != LabelUse.Ignored)
        {
            _labels = source.Labels;
            if (source.LabelFault is { } fault)
            {
                throw new InvalidDataException(fault);
            }
        }

        if (use == LabelUse.Required && _labels is null)
        {
            throw new InvalidInputException(
                $"{source.Path}: has no labels; add dataset.json or class sub-folders, or do without labels");
        }

        var first = source.Read(0);
        Shape = new ImageShape(first.Channels, first.Height, first.Width);
        Check(first, 0);
    }

    public string Name => _source.Name;

    public int Count => _source.Count;

    public ImageShape Shape { get; }

    public int LabelCount => _labels?.Count ?? 0;

    public IReadOnlyList<string>? LabelNames => _labels?.Names;

    public void ReadImage(int index, Span<byte> chw)
    {
        var raw = _source.Read(index);
        Check(raw, index);
        PixelConversion.ToImage(raw, out _).Pixels.CopyTo(chw);
    }

    public void ReadLabel(int index, Span<float> label)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count);
        _labels?.Read(index, label);
    }

    public string FileName(int index) => _source.FileName(index);

    public void Dispose() => _source.Dispose();

    private void Check(RawImage raw, int index)
    {
        if (raw.BitDepth != 8 || raw.HasAlpha)
        {
            throw new InvalidDataException(
                $"{_source.Path}: {FileName(index)} is {raw}, not 8-bit grey or RGB; run 'dataset convert' on the folder first");
        }

        if (new ImageShape(raw.Channels, raw.Height, raw.Width) != Shape)
        {
            throw new InvalidDataException(
                $"{_source.Path}: {FileName(index)} is {raw}, the first image is {Shape}; run 'dataset convert' with a resolution first");
        }
    }
}
