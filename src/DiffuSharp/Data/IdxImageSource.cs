namespace DiffuSharp.Data;

/// <summary>Grey images in an idx file, with the label file beside it that differs only in "labels" and "idx1".</summary>
internal sealed class IdxImageSource : IImageSource
{
    private readonly IdxFile _images;

    /// <summary>Reads both files whole.</summary>
    /// <param name="path">The image file.</param>
    /// <param name="name">Short name; the file's by default.</param>
    /// <param name="labelNames">Names of the classes, where known.</param>
    public IdxImageSource(string path, string? name = null, IReadOnlyList<string>? labelNames = null)
    {
        Path = path;
        Name = name ?? System.IO.Path.GetFileName(path).Split('.')[0];
        _images = IdxFile.Read(path, rank: 3);
        if (FindLabels(path) is { } labels)
        {
            Labels = ReadLabels(labels, labelNames);
        }
    }

    public string Path { get; }

    public string Name { get; }

    public int Count => _images.Sizes[0];

    public DatasetLabels? Labels { get; }

    public string? LabelFault => null;

    public IReadOnlyList<DatasetProblem> Problems => [];

    public RawImage Read(int index)
    {
        int height = _images.Sizes[1], width = _images.Sizes[2];
        return new RawImage(width, height, 1, 8, _images.Data.AsSpan(index * height * width, height * width).ToArray());
    }

    public string FileName(int index) => $"{System.IO.Path.GetFileName(Path)}[{index}]";

    public void Dispose()
    {
    }

    private static string? FindLabels(string path)
    {
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        var imageFile = System.IO.Path.GetFileName(path);
        if (!imageFile.Contains("images", StringComparison.Ordinal))
        {
            return null;
        }

        var name = imageFile
            .Replace("images", "labels", StringComparison.Ordinal)
            .Replace("idx3", "idx1", StringComparison.Ordinal);
        var plain = name.EndsWith(".gz", StringComparison.Ordinal) ? name[..^3] : name;
        return Array.Find(
            [System.IO.Path.Combine(folder, name), System.IO.Path.Combine(folder, plain), System.IO.Path.Combine(folder, plain + ".gz")],
            File.Exists);
    }

    private DatasetLabels ReadLabels(string path, IReadOnlyList<string>? names)
    {
        var labels = IdxFile.Read(path, rank: 1).Data;
        if (labels.Length != Count)
        {
            throw new InvalidDataException($"{path}: {labels.Length} labels for {Count} images in {Path}; take two files of one set");
        }

        return names is not null && labels.Max() >= names.Count
            ? throw new InvalidDataException($"{path}: label {labels.Max()} is beyond the {names.Count} classes of {Name}; check the file")
            : new DatasetLabels(Array.ConvertAll(labels, label => (int)label), names);
    }
}
