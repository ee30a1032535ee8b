using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace DiffuSharp.Torch.IO;

/// <summary>
/// A safetensors file open for reading. Opening reads and checks the header alone; tensors are copied on demand straight
/// into the caller's memory. Several threads may read at once.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly Dictionary<string, SafetensorsEntry> _byName;
    private readonly long _dataStart;

    private SafetensorsFile(string path, SafeFileHandle handle)
    {
        Path = path;
        _handle = handle;
        var bytes = ReadHeader();
        _dataStart = SafetensorsFormat.PrefixLength + bytes.Length;
        var dataLength = RandomAccess.GetLength(handle) - _dataStart;
        var header = SafetensorsHeaderReader.Parse(path, bytes, dataLength);
        _byName = header.Tensors;
        Entries = header.InDataOrder(path, dataLength);
        Metadata = header.Metadata;
    }

    /// <summary>The file, as it was named when opened.</summary>
    public string Path { get; }

    /// <summary>The tensors in the order of their data; empty tensors at one place in the order of the header.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries { get; }

    /// <summary>The free text of the header; empty where there is none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file and checks its header: known element types, shapes, and data without overlap, hole or rest.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file breaks the format.</exception>
    public static SafetensorsFile Open(string path)
    {
        var opened = InputFile.Open(path);
        try
        {
            return new SafetensorsFile(path, opened);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Finds a tensor, null where the file has none of that name.</summary>
    public SafetensorsEntry? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The tensor of a name.</summary>
    /// <exception cref="InvalidDataException">The file has no such tensor.</exception>
    public SafetensorsEntry Require(string name) => Find(name) ?? throw InvalidFile.Error(
        Path, $"has no tensor {InvalidFile.Quote(name)}", "check that this is the file you meant");

    /// <summary>Copies a whole tensor, row-major and little-endian.</summary>
    /// <param name="entry">One of <see cref="Entries"/>.</param>
    /// <param name="destination">Exactly <see cref="SafetensorsEntry.ByteLength"/> bytes.</param>
    /// <exception cref="InvalidDataException">The file became shorter, or a BOOL tensor holds another byte than 0 and 1.</exception>
    public void Read(SafetensorsEntry entry, Span<byte> destination)
    {
        if (destination.Length != entry.ByteLength)
        {
            throw new ArgumentException(
                $"tensor '{entry.Name}' takes {entry.ByteLength} bytes, not {destination.Length}", nameof(destination));
        }

        Read(entry, 0, destination);
    }

    /// <summary>Copies a piece of a tensor: the way to read one that is larger than a span can be.</summary>
    /// <param name="entry">One of <see cref="Entries"/>.</param>
    /// <param name="start">First byte, counted from the start of the tensor.</param>
    /// <param name="destination">Receives the bytes from there on; must end within the tensor.</param>
    /// <exception cref="InvalidDataException">The file became shorter, or a BOOL tensor holds another byte than 0 and 1.</exception>
    public void Read(SafetensorsEntry entry, long start, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, entry.ByteLength - destination.Length);
        Fill(_dataStart + entry.Offset + start, destination);
        if (entry.Type == ScalarType.Bool)
        {
            BooleanBytes.Check(Path, entry.Name, destination);
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _handle.Dispose();

    private byte[] ReadHeader()
    {
        var fileLength = RandomAccess.GetLength(_handle);
        if (fileLength < SafetensorsFormat.PrefixLength)
        {
            throw InvalidFile.Error(Path, $"has only {fileLength} bytes, too few for a safetensors file", "check the path");
        }

        Span<byte> prefix = stackalloc byte[SafetensorsFormat.PrefixLength];
        Fill(0, prefix);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > SafetensorsFormat.MaximumHeaderLength || length > (ulong)(fileLength - prefix.Length))
        {
            PickleSignature.Refuse(Path, prefix);
            throw InvalidFile.Error(
                Path, $"claims a header of {length} bytes in a file of {fileLength}",
                "check that this is a whole safetensors file");
        }

        var header = GC.AllocateUninitializedArray<byte>((int)length);
        Fill(prefix.Length, header);
        return header;
    }

    private void Fill(long position, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            var read = RandomAccess.Read(_handle, destination, position);
            if (read == 0)
            {
                throw InvalidFile.Error(Path, "became shorter while it was read", "do not change files in use");
            }

            destination = destination[read..];
            position += read;
        }
    }
}
