namespace DiffuSharp.Data;

/// <summary>Images of one shape with optional labels, addressed by index. All reads are safe from many threads at once.</summary>
public interface IImageDataset : IDisposable
{
    /// <summary>Short name for run directories and reports, such as "fashion-mnist" or the file name without extension.</summary>
    string Name { get; }

    /// <summary>Number of images.</summary>
    int Count { get; }

    /// <summary>Channels, height, width of every image.</summary>
    ImageShape Shape { get; }

    /// <summary>Length of a label: the number of classes, or of the label vector; 0 without labels.</summary>
    int LabelCount { get; }

    /// <summary>Names of the classes, where known; one per label.</summary>
    IReadOnlyList<string>? LabelNames { get; }

    /// <summary>Reads one image.</summary>
    /// <param name="index">0 to Count-1.</param>
    /// <param name="chw">Receives C·H·W values in planes.</param>
    /// <exception cref="InvalidDataException">The file is corrupt or of another shape.</exception>
    void ReadImage(int index, Span<byte> chw);

    /// <summary>Reads one label: one-hot for classes, else the vector.</summary>
    /// <param name="index">0 to Count-1.</param>
    /// <param name="label">Receives LabelCount values.</param>
    void ReadLabel(int index, Span<float> label);

    /// <summary>The file an image comes from, as messages and <c>dataset.json</c> call it.</summary>
    /// <param name="index">0 to Count-1.</param>
    string FileName(int index);
}
