namespace DiffuSharp.Data;

/// <summary>The files under a folder. Links are followed, but not to a folder above them, which would be without end.</summary>
internal sealed class FolderFileSource : IFileSource
{
    // What cannot be read is an error, not left out.
    private static readonly EnumerationOptions s_readable = new() { IgnoreInaccessible = false, AttributesToSkip = FileAttributes.None };

    private readonly List<string> _circles = [];

    public FolderFileSource(string path)
    {
        Path = path;
        string[] names = [.. Readable(Below(new DirectoryInfo(path), "", []))];
        Array.Sort(names, StringComparer.Ordinal);
        Names = names;
    }

    public string Path { get; }

    public IReadOnlyList<string> Names { get; }

    public IReadOnlyList<string> Circles => _circles;

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

    private static List<string> Readable(IEnumerable<string> names)
    {
        try
        {
            return [.. names];
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new InvalidDataException($"{e.Message.TrimEnd('.')}: a folder of the data set cannot be read; make it readable or take it out", e);
        }
    }

    // Each folder is read under its real path, against which its own relative links count, and named as it was reached.
    private IEnumerable<string> Below(DirectoryInfo folder, string prefix, IReadOnlyList<string> above)
    {
        var real = (folder.ResolveLinkTarget(returnFinalTarget: true) as DirectoryInfo ?? folder).FullName.TrimEnd('/');
        if (above.Contains(real, StringComparer.Ordinal))
        {
            _circles.Add(prefix.TrimEnd('/'));
            yield break;
        }

        foreach (var entry in new DirectoryInfo(real.Length == 0 ? "/" : real).EnumerateFileSystemInfos("*", s_readable))
        {
            if (entry is not DirectoryInfo inner)
            {
                yield return prefix + entry.Name;
                continue;
            }

            if (inner.Name.StartsWith('.'))
            {
                yield return $"{prefix}{inner.Name}/";
                continue;
            }

            foreach (var name in Below(inner, $"{prefix}{inner.Name}/", [.. above, real]))
            {
                yield return name;
            }
        }
    }
}
