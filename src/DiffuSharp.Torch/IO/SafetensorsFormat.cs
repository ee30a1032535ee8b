namespace DiffuSharp.Torch.IO;

/// <summary>
/// Constants of the safetensors format: an 8-byte little-endian header length, a JSON header that lists for every tensor its
/// dtype, shape and data_offsets, then the raw little-endian data without holes
/// (https://github.com/huggingface/safetensors#format).
/// </summary>
internal static class SafetensorsFormat
{
    /// <summary>Bytes of the header length at the start of the file.</summary>
    public const int PrefixLength = 8;

    /// <summary>Longest header that the format allows, in bytes.</summary>
    public const int MaximumHeaderLength = 100_000_000;

    /// <summary>Key of the header that holds free text instead of a tensor.</summary>
    public const string MetadataKey = "__metadata__";

    private static readonly (string Name, ScalarType Type)[] Types =
    [
        ("BOOL", ScalarType.Bool),
        ("U8", ScalarType.Byte),
        ("I8", ScalarType.Int8),
        ("I16", ScalarType.Int16),
        ("I32", ScalarType.Int32),
        ("I64", ScalarType.Int64),
        ("F16", ScalarType.Float16),
        ("BF16", ScalarType.BFloat16),
        ("F32", ScalarType.Float32),
        ("F64", ScalarType.Float64),
    ];

    /// <summary>The element type of a dtype name, null where it is not one that tensors here can have.</summary>
    public static ScalarType? FindType(string name)
    {
        foreach (var (known, type) in Types)
        {
            if (known == name)
            {
                return type;
            }
        }

        return null;
    }

    /// <summary>The dtype name of an element type.</summary>
    public static string NameOf(ScalarType type) => Array.Find(Types, known => known.Type == type).Name
        ?? throw new ArgumentOutOfRangeException(nameof(type), type, "not an element type");
}
