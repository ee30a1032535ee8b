using System.IO.Compression;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Data;

/// <summary>The files in a zip file, stored or deflated.</summary>
internal sealed class ZipFileSource : IFileSource
{
    /// <summary>Deflate's largest expansion; an entry that claims more is broken and gets no memory.</summary>
    private const long MaximumExpansion = 1032;

    private readonly Lock _gate = new();
    private readonly FileStream _stream;
    private readonly ZipArchive _archive;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.Ordinal);

    public ZipFileSource(string path)
    {
        Path = path;
        _stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            _archive = new ZipArchive(_stream, ZipArchiveMode.Read);
            foreach (var entry in _archive.Entries.Where(e => !e.FullName.EndsWith('/') && !e.FullName.EndsWith('\\')))
            {
                // Some programs on Windows write their own separator.
                if (!_entries.TryAdd(entry.FullName.Replace('\\', '/'), entry))
                {
                    throw new InvalidDataException($"{path}: holds {entry.FullName} twice; make the zip file again");
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or ArgumentException or NotSupportedException)
        {
            _archive?.Dispose();
            _stream.Dispose();
            throw e.Message.StartsWith(path, StringComparison.Ordinal) ? e : Broken(path, e);
        }

        string[] names = [.. _entries.Keys];
        Array.Sort(names, StringComparer.Ordinal);
        Names = names;
    }

    public string Path { get; }

    public IReadOnlyList<string> Names { get; }

    public IReadOnlyList<string> Circles => [];

    public byte[] Read(string name)
    {
        var entry = _entries[name];
        var file = $"{Path}:{name}";
        if (entry.CompressedLength > _stream.Length || entry.Length > (entry.CompressedLength + 1) * MaximumExpansion
            || entry.Length > Array.MaxLength)
        {
            throw new InvalidDataException($"{file}: claims {entry.Length} bytes, more than the zip file holds; make the zip file again");
        }

        // One archive has one position, so reading is one at a time; decoding, which costs more, is not.
        lock (_gate)
        {
            try
            {
                var bytes = new byte[entry.Length];
                using var content = new ZipEntryStream(entry, file);
                content.ReadExactly(bytes);
                content.Finish();
                return bytes;
            }
            catch (Exception e) when (e is IOException or NotSupportedException)
            {
                throw Broken(file, e);
            }
        }
    }

    public void Dispose()
    {
        _archive.Dispose();
        _stream.Dispose();
    }

    private static InvalidDataException Broken(string file, Exception cause) =>
        new($"{file}: the zip file is truncated or corrupt; copy or make it again", cause);
}
