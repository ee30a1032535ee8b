namespace DiffuSharp.Data;

/// <summary>The files under a folder.</summary>
internal sealed class FolderFileSource : IFileSource
{
    private static readonly EnumerationOptions s_everything = new() { RecurseSubdirectories = true };

    public FolderFileSource(string path)
    {
        Path = path;
        string[] names = [.. Directory.EnumerateFiles(path, "*", s_everything)
            .Select(file => System.IO.Path.GetRelativePath(path, file).Replace('\\', '/'))];
        Array.Sort(names, StringComparer.Ordinal);
        Names = names;
    }

    public string Path { get; }

    public IReadOnlyList<string> Names { get; }

    public byte[] Read(string name)
    {
        var file = System.IO.Path.Combine(Path, name);
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{file}: cannot be read; check that it is still there and readable", e);
        }
    }

    public void Dispose()
    {
    }
}
