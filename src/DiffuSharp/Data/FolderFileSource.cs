using System.IO.Enumeration;

namespace DiffuSharp.Data;

/// <summary>The files under a folder.</summary>
internal sealed class FolderFileSource : IFileSource
{
    // What cannot be read is an error, not left out.
    private static readonly EnumerationOptions s_everything = new() { RecurseSubdirectories = true, IgnoreInaccessible = false };

    public FolderFileSource(string path)
    {
        Path = path;
        var files = new FileSystemEnumerable<string>(path, (ref entry) => entry.ToSpecifiedFullPath(), s_everything)
        {
            ShouldIncludePredicate = (ref entry) => !entry.IsDirectory,
            ShouldRecursePredicate = (ref entry) => !LeadsBack(ref entry),
        };
        string[] names = [.. files.Select(file => System.IO.Path.GetRelativePath(path, file).Replace('\\', '/'))];
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

    // A link to a folder above it would be followed without end.
    private static bool LeadsBack(ref FileSystemEntry entry)
    {
        if (!entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
        {
            return false;
        }

        var target = new DirectoryInfo(entry.ToFullPath()).ResolveLinkTarget(returnFinalTarget: true)?.FullName;
        return target is null || $"{System.IO.Path.GetFullPath(entry.Directory.ToString())}/".StartsWith($"{target.TrimEnd('/')}/", StringComparison.Ordinal);
    }
}
