using System.Text.Json;

namespace DiffuSharp.Torch.IO;

/// <summary>Reads the JSON header of a safetensors file in one pass, refusing whatever the format does not allow.</summary>
internal ref struct SafetensorsHeaderReader
{
    private readonly string _path;
    private readonly long _dataLength;
    private readonly SafetensorsHeader _header = new();
    private Utf8JsonReader _json;
    private string _subject = "";

    private SafetensorsHeaderReader(string path, ReadOnlySpan<byte> utf8, long dataLength)
    {
        _path = path;
        _dataLength = dataLength;
        _json = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = 16 });
    }

    /// <summary>Parses a header.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="utf8">The header, with its padding.</param>
    /// <param name="dataLength">Bytes that follow the header; every tensor must lie within.</param>
    /// <exception cref="InvalidDataException">The header breaks the format.</exception>
    public static SafetensorsHeader Parse(string path, ReadOnlySpan<byte> utf8, long dataLength)
    {
        var reader = new SafetensorsHeaderReader(path, utf8, dataLength);
        if (utf8.IsEmpty || utf8[0] != (byte)'{')
        {
            throw reader.Error("does not start with a brace");
        }

        try
        {
            reader.ReadObject();
        }
        catch (JsonException e)
        {
            throw InvalidFile.Error(path, $"the header is no valid JSON ({e.Message})", "check that this is a safetensors file", e);
        }
        catch (InvalidOperationException e)
        {
            // So the JSON reader calls text with broken UTF-8 or with half a surrogate pair.
            throw InvalidFile.Error(path, "the header has text that is no valid Unicode", "write the file again", e);
        }

        return reader._header;
    }

    private void ReadObject()
    {
        var sawMetadata = false;
        _json.Read();
        while (NextKey() is { } name)
        {
            if (name != SafetensorsFormat.MetadataKey)
            {
                ReadTensor(name);
            }
            else if (sawMetadata)
            {
                throw Error($"has {name} twice");
            }
            else
            {
                sawMetadata = true;
                ReadMetadata();
            }
        }

        _json.Read();
    }

    private void ReadMetadata()
    {
        Begin(JsonTokenType.StartObject, "the metadata");
        while (NextKey() is { } key)
        {
            _subject = key;
            if (!_header.Metadata.TryAdd(key, NextText("the metadata")))
            {
                throw Error("has the metadata of a name twice");
            }
        }
    }

    private void ReadTensor(string name)
    {
        string? dtype = null;
        long[]? shape = null;
        long[]? offsets = null;
        _subject = name;
        Begin(JsonTokenType.StartObject, "the description");
        while (NextIsKey())
        {
            if (_json.ValueTextEquals("dtype"u8))
            {
                dtype = dtype is null ? NextText("the dtype") : throw Error("has the dtype twice");
            }
            else if (_json.ValueTextEquals("shape"u8))
            {
                shape = shape is null ? NextIntegers("the shape") : throw Error("has the shape twice");
            }
            else if (_json.ValueTextEquals("data_offsets"u8))
            {
                offsets = offsets is null ? NextIntegers("the data_offsets") : throw Error("has the data_offsets twice");
            }
            else
            {
                _json.Skip();
            }
        }

        if (dtype is null || shape is null || offsets is not [var begin, var end])
        {
            throw Error("gives not exactly a dtype, a shape and two data_offsets");
        }

        var type = SafetensorsFormat.FindType(dtype) ?? throw InvalidFile.Error(
            _path, $"tensor {InvalidFile.Quote(name)} has the element type {InvalidFile.Quote(dtype)}, which cannot be read",
            "convert it, for example to F32");
        if (!ShapeSize.TryGetBytes(shape, type.ElementSize(), out var bytes))
        {
            throw Error($"gives the impossible shape {ShapeSize.Format(shape)}");
        }

        if (begin < 0 || end < begin || end > _dataLength)
        {
            throw InvalidFile.Error(
                _path, $"tensor {InvalidFile.Quote(name)} lies at bytes {begin} to {end} of only {_dataLength}",
                "the file was cut or damaged, copy or download it again");
        }

        if (end - begin != bytes)
        {
            throw Error($"gives {end - begin} bytes where {dtype} {ShapeSize.Format(shape)} takes {bytes}");
        }

        if (!_header.Tensors.TryAdd(name, new SafetensorsEntry(name, type, shape, begin, bytes)))
        {
            throw Error("has the name twice");
        }
    }

    private bool NextIsKey()
    {
        _json.Read();
        return _json.TokenType != JsonTokenType.EndObject;
    }

    private string? NextKey() => NextIsKey() ? _json.GetString() : null;

    private string NextText(string what)
    {
        Begin(JsonTokenType.String, what);
        return _json.GetString()!;
    }

    private long[] NextIntegers(string what)
    {
        Span<long> values = stackalloc long[ShapeSize.MaximumRank];
        var count = 0;
        Begin(JsonTokenType.StartArray, what);
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (count == values.Length)
            {
                throw Error($"has more than {values.Length} numbers in {what}");
            }

            if (_json.TokenType != JsonTokenType.Number || !_json.TryGetInt64(out values[count++]))
            {
                throw Error($"has something other than 64-bit integers in {what}");
            }
        }

        return values[..count].ToArray();
    }

    private void Begin(JsonTokenType type, string what)
    {
        _json.Read();
        if (_json.TokenType != type)
        {
            throw Error($"has {_json.TokenType} where {what} should be {type}");
        }
    }

    private readonly InvalidDataException Error(string what) =>
        InvalidFile.Error(
            _path, _subject.Length == 0 ? $"the header {what}" : $"the header {what} for {InvalidFile.Quote(_subject)}",
            "check that this is a whole safetensors file");
}
