using System.IO.Compression;
using DiffuSharp.Torch.IO.Pickle;

namespace DiffuSharp.Torch.IO;

/// <summary>
/// A file of <c>torch.save</c> (the zip form, PyTorch 1.6 or newer) open for reading. Its pickle is interpreted, not executed:
/// tensors, dictionaries, lists, tuples, numbers and text are read, anything else is refused by its name. Nested structures
/// are flattened to dotted names: <c>{"ema": {"conv.weight": …}}</c> gives <c>ema.conv.weight</c>.
/// </summary>
public sealed class TorchArchive : IDisposable
{
    private const string PickleName = "data.pkl";
    private const int LargestPickle = 1 << 26;
    private const int LargestDeflateRatio = 1032;
    private const int DeflateSlack = 64;

    private readonly ZipArchive _archive;
    private readonly string _folder;
    private readonly FlatObject _content;

    private TorchArchive(string path, Stream stream)
    {
        Path = path;
        _archive = ZipErrors.Guard(path, () => new ZipArchive(stream, ZipArchiveMode.Read));
        var pickle = ZipErrors.Guard(path, () => _archive.Entries)
            .FirstOrDefault(e => e.FullName.EndsWith($"/{PickleName}", StringComparison.Ordinal))
            ?? throw InvalidFile.Error(path, $"holds no {PickleName}", "name a file that torch.save wrote");
        _folder = pickle.FullName[..^PickleName.Length];
        RequireLittleEndian();
        if (pickle.Length > LargestPickle)
        {
            throw InvalidFile.Error(path, $"describes its tensors in {pickle.Length} bytes, too many to be true", TorchObjects.Advice);
        }

        var program = new byte[pickle.Length];
        ReadEntry(pickle, program);
        _content = new FlatObject(path, new PickleMachine(path, program).Run());
    }

    /// <summary>The file, as it was named when opened.</summary>
    public string Path { get; }

    /// <summary>The tensors by dotted name, in the order of the file.</summary>
    public IReadOnlyDictionary<string, TorchTensorEntry> Tensors => _content.Tensors;

    /// <summary>The other values by dotted name: null, bool, long, double or string.</summary>
    public IReadOnlyDictionary<string, object?> Values => _content.Values;

    /// <summary>Opens a file and reads its structure, not its tensors.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no such file, is damaged, or holds more than plain data.</exception>
    public static TorchArchive Open(string path)
    {
        var stream = new FileStream(InputFile.Open(path), FileAccess.Read);
        try
        {
            return new TorchArchive(path, stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads the tensors whose names start with a prefix, without it, to the CPU. Tensors that share a storage in the file share
    /// it in memory.
    /// </summary>
    /// <exception cref="InvalidDataException">A storage is missing or damaged.</exception>
    public Dictionary<string, Tensor> ReadTensors(string prefix = "")
    {
        var storages = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        return Tensors.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(t => t.Key[prefix.Length..], t => Read(t.Value, storages), StringComparer.Ordinal);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _archive.Dispose();

    private Tensor Read(TorchTensorEntry entry, Dictionary<string, Tensor> storages)
    {
        if (!storages.TryGetValue(entry.Storage.Key, out var elements))
        {
            storages[entry.Storage.Key] = elements = Read(entry.Storage);
        }
        else if (elements.dtype != entry.Type || elements.numel() != entry.Storage.Count)
        {
            throw InvalidFile.Error(Path, $"describes the storage {InvalidFile.Quote(entry.Storage.Key)} in two ways", TorchObjects.Advice);
        }

        return elements.as_strided(entry.Shape, entry.Strides, entry.Offset);
    }

    private Tensor Read(TorchStorage storage)
    {
        var entry = _archive.GetEntry($"{_folder}data/{storage.Key}")
            ?? throw InvalidFile.Error(Path, $"has no storage {InvalidFile.Quote(storage.Key)}", "the file is damaged, copy or download it again");
        if (storage.Count > long.MaxValue / sizeof(double) || entry.Length != storage.Count * storage.Type.ElementSize())
        {
            throw InvalidFile.Error(
                Path, $"has {entry.Length} bytes for the {storage.Count} elements of storage {InvalidFile.Quote(storage.Key)}",
                "the file is damaged, copy or download it again");
        }

        RequirePlausible(entry);
        var elements = torch.empty([storage.Count], storage.Type);
        ReadEntry(entry, elements.bytes());
        if (storage.Type == ScalarType.Bool)
        {
            BooleanBytes.Check(Path, storage.Key, elements.bytes());
        }

        return elements;
    }

    private void ReadEntry(ZipArchiveEntry entry, Span<byte> destination)
    {
        RequirePlausible(entry);
        using var stream = new ZipEntryStream(entry, $"{Path}({InvalidFile.Quote(entry.FullName)})");
        if (stream.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false) == destination.Length)
        {
            stream.Finish();
            return;
        }

        throw InvalidFile.Error(Path, $"ends inside {InvalidFile.Quote(entry.FullName)}", "the file was cut, copy or download it again");
    }

    private void RequirePlausible(ZipArchiveEntry entry)
    {
        if (entry.Length / LargestDeflateRatio > entry.CompressedLength + DeflateSlack)
        {
            throw InvalidFile.Error(
                Path, $"claims {entry.Length} bytes from {entry.CompressedLength} compressed ones", "the file is damaged, copy or download it again");
        }
    }

    private void RequireLittleEndian()
    {
        if (_archive.GetEntry($"{_folder}byteorder") is { Length: > 0 and < 16 } entry)
        {
            var order = new byte[entry.Length];
            ReadEntry(entry, order);
            if (!order.AsSpan().StartsWith("little"u8))
            {
                throw InvalidFile.Error(Path, "was written by a big-endian machine", "save it again on a little-endian one");
            }
        }
    }
}
