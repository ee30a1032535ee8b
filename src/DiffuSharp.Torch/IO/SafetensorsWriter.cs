using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace DiffuSharp.Torch.IO;

/// <summary>Writes safetensors files. Equal input gives equal bytes.</summary>
public static class SafetensorsWriter
{
    private const int Alignment = 8;

    /// <summary>
    /// Writes a file atomically. Tensors lie in the given order, but those of larger elements first: thus each starts at a
    /// multiple of its element size, as readers that map the file need. Metadata is sorted by key (ordinal); the header is
    /// padded with spaces so that the data starts at a multiple of 8.
    /// </summary>
    /// <param name="path">File to create or replace; its folder is made if it is not there.</param>
    /// <param name="tensors">The tensors; names must differ.</param>
    /// <param name="metadata">Free text for the header.</param>
    /// <exception cref="ArgumentException">A name occurs twice, or the header exceeds the 100 MB of the format.</exception>
    /// <exception cref="InvalidOperationException">A tensor wrote another number of bytes than its shape takes.</exception>
    public static void Write(
        string path, IEnumerable<SafetensorsTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        SafetensorsTensor[] ordered = [.. tensors.OrderByDescending(t => t.Type.ElementSize())];
        var header = Header(path, ordered, metadata);
        AtomicFile.Write(path, stream =>
        {
            Span<byte> prefix = stackalloc byte[SafetensorsFormat.PrefixLength];
            BinaryPrimitives.WriteInt64LittleEndian(prefix, header.WrittenCount);
            stream.Write(prefix);
            stream.Write(header.WrittenSpan);
            foreach (var tensor in ordered)
            {
                var start = stream.Position;
                tensor.WriteTo(stream);
                if (stream.Position - start != tensor.ByteLength)
                {
                    throw new InvalidOperationException(
                        $"tensor '{tensor.Name}' wrote {stream.Position - start} bytes instead of {tensor.ByteLength}");
                }
            }
        });
    }

    private static ArrayBufferWriter<byte> Header(
        string path, SafetensorsTensor[] tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            WriteMetadata(json, metadata);
            WriteTensors(json, tensors);
            json.WriteEndObject();
        }

        var padding = -buffer.WrittenCount & (Alignment - 1);
        buffer.GetSpan(Alignment)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        return buffer.WrittenCount <= SafetensorsFormat.MaximumHeaderLength
            ? buffer
            : throw new ArgumentException($"{path}: the header takes {buffer.WrittenCount} bytes, more than the format allows");
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is null or { Count: 0 })
        {
            return;
        }

        json.WriteStartObject(SafetensorsFormat.MetadataKey);
        foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private static void WriteTensors(Utf8JsonWriter json, SafetensorsTensor[] tensors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        long offset = 0;
        foreach (var tensor in tensors)
        {
            if (!names.Add(tensor.Name))
            {
                throw new ArgumentException($"two tensors are named '{tensor.Name}'", nameof(tensors));
            }

            json.WriteStartObject(tensor.Name);
            json.WriteString("dtype", SafetensorsFormat.NameOf(tensor.Type));
            WriteIntegers(json, "shape", tensor.Shape);
            WriteIntegers(json, "data_offsets", [offset, offset + tensor.ByteLength]);
            json.WriteEndObject();
            offset += tensor.ByteLength;
        }
    }

    private static void WriteIntegers(Utf8JsonWriter json, string key, ReadOnlySpan<long> values)
    {
        json.WriteStartArray(key);
        foreach (var value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }
}
