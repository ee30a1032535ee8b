namespace DiffuSharp.Data;

/// <summary>Named files in a folder or a zip file; safe to read from many threads.</summary>
internal interface IFileSource : IDisposable
{
    /// <summary>Folder or zip file.</summary>
    string Path { get; }

    /// <summary>Names relative to the source with forward slashes, those of hidden folders with one at the end, in ordinal order.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>Links that lead back to a folder above them, which are not followed.</summary>
    IReadOnlyList<string> Circles { get; }

    /// <summary>Reads one file whole.</summary>
    byte[] Read(string name);
}
