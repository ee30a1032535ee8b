using System.IO.Compression;

namespace DiffuSharp.Data;

/// <summary>The files in a zip file, stored or deflated.</summary>
internal sealed class ZipFileSource : IFileSource
{
    /// <summary>Deflate's largest expansion; an entry that claims more is broken and gets no memory.</summary>
    private const long MaximumExpansion = 1032;

    private readonly Lock gate = new();
    private readonly FileStream stream;
    private readonly ZipArchive archive;
    private readonly Dictionary<string, ZipArchiveEntry> entries = new(StringComparer.Ordinal);

    public ZipFileSource(string path)
    {
        Path = path;
        stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            archive = new ZipArchive(stream, ZipArchiveMode.Read);
            foreach (ZipArchiveEntry entry in archive.Entries.Where(e => !e.FullName.EndsWith('/')))
            {
                if (!entries.TryAdd(entry.FullName, entry))
                {
                    throw new InvalidDataException($"{path}: holds {entry.FullName} twice; make the zip file again");
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or ArgumentException or NotSupportedException)
        {
            archive?.Dispose();
            stream.Dispose();
            throw e.Message.StartsWith(path, StringComparison.Ordinal) ? e : Broken(path, e);
        }

        string[] names = [.. entries.Keys];
        Array.Sort(names, StringComparer.Ordinal);
        Names = names;
    }

    public string Path { get; }

    public IReadOnlyList<string> Names { get; }

    public byte[] Read(string name)
    {
        ZipArchiveEntry entry = entries[name];
        string file = $"{Path}:{name}";
        if (entry.CompressedLength > stream.Length || entry.Length > (entry.CompressedLength + 1) * MaximumExpansion
            || entry.Length > Array.MaxLength)
        {
            throw new InvalidDataException($"{file}: claims {entry.Length} bytes, more than the zip file holds; make the zip file again");
        }

        // One archive has one position, so reading is one at a time; decoding, which costs more, is not.
        lock (gate)
        {
            try
            {
                var bytes = new byte[entry.Length];
                using Stream content = entry.Open();
                content.ReadExactly(bytes);
                return bytes;
            }
            catch (Exception e) when (e is InvalidDataException or IOException or NotSupportedException)
            {
                throw Broken(file, e);
            }
        }
    }

    public void Dispose()
    {
        archive.Dispose();
        stream.Dispose();
    }

    private static InvalidDataException Broken(string file, Exception cause) =>
        new($"{file}: the zip file is truncated or corrupt; copy or make it again", cause);
}
