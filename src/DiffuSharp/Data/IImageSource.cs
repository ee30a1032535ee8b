namespace DiffuSharp.Data;

/// <summary>Images as their files have them, of any sizes, with optional labels; safe to read from many threads.</summary>
internal interface IImageSource : IDisposable
{
    /// <summary>File, folder or name the user gave.</summary>
    string Path { get; }

    /// <summary>Short name.</summary>
    string Name { get; }

    /// <summary>Number of images.</summary>
    int Count { get; }

    /// <summary>Labels, or null.</summary>
    DatasetLabels? Labels { get; }

    /// <summary>Why there are labels that cannot be used, one line; null otherwise.</summary>
    string? LabelFault { get; }

    /// <summary>What is odd about the source without stopping its use.</summary>
    IReadOnlyList<DatasetProblem> Problems { get; }

    /// <summary>Files that are there and are no images of the set.</summary>
    IReadOnlyList<LeftOutFiles> LeftOut => [];

    /// <summary>Reads one image.</summary>
    RawImage Read(int index);

    /// <summary>File name of one image within the source.</summary>
    string FileName(int index);
}
