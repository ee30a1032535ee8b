using System.IO.Compression;

namespace DiffuSharp.Torch.IO;

/// <summary>
/// An npz file open for reading: a zip archive of npy arrays, stored or deflated. Arrays are read on demand, one thread at a
/// time, and checked against the checksums of the archive.
/// </summary>
public sealed class NpzFile : IDisposable
{
    private const string Extension = ".npy";
    private const int LargestDeflateRatio = 1032;
    private const int DeflateSlack = 64;
    private static readonly DateTimeOffset s_timestamp = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly ZipArchive _archive;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.Ordinal);

    private NpzFile(string path, Stream stream)
    {
        Path = path;
        _archive = ZipErrors.Guard(path, () => new ZipArchive(stream, ZipArchiveMode.Read));
        foreach (var entry in ZipErrors.Guard(path, () => _archive.Entries))
        {
            if (entry.FullName.EndsWith(Extension, StringComparison.Ordinal)
                && !_entries.TryAdd(entry.FullName[..^Extension.Length], entry))
            {
                throw InvalidFile.Error(path, $"holds {InvalidFile.Quote(entry.FullName)} twice", "write the file again");
            }
        }

        Names = [.. _entries.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>The file, as it was named when opened.</summary>
    public string Path { get; }

    /// <summary>Names of the arrays (without <c>.npy</c>) in ordinal order. Other files in the archive are left alone.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Opens a file and reads its directory.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no zip archive, is damaged, or holds a name twice.</exception>
    public static NpzFile Open(string path)
    {
        var stream = new FileStream(InputFile.Open(path), FileAccess.Read);
        try
        {
            return new NpzFile(path, stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Writes arrays atomically in the given order. Equal input gives equal bytes: entries bear no time.</summary>
    /// <param name="path">File to create or replace; its folder is made if it is not there.</param>
    /// <param name="arrays">Names (without <c>.npy</c>) and arrays; names must differ.</param>
    /// <param name="compress">Deflates the arrays, as numpy.savez_compressed does, instead of storing them.</param>
    /// <exception cref="ArgumentException">A name is empty or occurs twice, or a string is no valid Unicode.</exception>
    public static void Write(string path, IEnumerable<(string Name, NpyValue Value)> arrays, bool compress = false) =>
        AtomicFile.Write(path, stream =>
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
            foreach (var (name, value) in arrays)
            {
                if (name.Length == 0 || !names.Add(name))
                {
                    throw new ArgumentException($"an array needs a name of its own, not '{name}'", nameof(arrays));
                }

                var entry = zip.CreateEntry(name + Extension, compress ? CompressionLevel.Optimal : CompressionLevel.NoCompression);
                entry.LastWriteTime = s_timestamp;
                using var content = entry.Open();
                NpyFormat.Write(content, value);
            }
        });

    /// <summary>Whether there is an array of this name.</summary>
    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <summary>Reads an array; see <see cref="NpyFile.Read"/> for what can be read.</summary>
    /// <exception cref="InvalidDataException">There is no such array, it is damaged or of an unknown kind, or claims more than
    /// its compressed bytes can hold.</exception>
    public NpyValue Read(string name)
    {
        if (!_entries.TryGetValue(name, out var entry))
        {
            throw InvalidFile.Error(
                Path, $"has no array {InvalidFile.Quote(name)}, only {string.Join(", ", Names.Take(20).Select(InvalidFile.Quote))}",
                "check that this is the file you meant");
        }

        var label = Label(name);
        if (entry.Length / LargestDeflateRatio > entry.CompressedLength + DeflateSlack)
        {
            throw InvalidFile.Error(
                label, $"claims {entry.Length} bytes from {entry.CompressedLength} compressed ones",
                "the file is damaged, copy or download it again");
        }

        using var content = new ZipEntryStream(entry, label);
        var value = NpyFormat.Read(content, entry.Length, label);
        content.Finish();
        return value;
    }

    /// <summary>Reads an array of numbers or booleans.</summary>
    /// <exception cref="InvalidDataException">As for <see cref="Read"/>, or the array holds text.</exception>
    public NpyArray ReadArray(string name) => Read(name) as NpyArray
        ?? throw InvalidFile.Error(Label(name), "holds text instead of numbers", "check that this is the file you meant");

    /// <summary>Reads text.</summary>
    /// <exception cref="InvalidDataException">As for <see cref="Read"/>, or the array holds numbers.</exception>
    public NpyStrings ReadStrings(string name) => Read(name) as NpyStrings
        ?? throw InvalidFile.Error(Label(name), "holds numbers instead of text", "check that this is the file you meant");

    /// <summary>Closes the file.</summary>
    public void Dispose() => _archive.Dispose();

    private string Label(string name) => $"{Path}({InvalidFile.Quote(name)})";
}
