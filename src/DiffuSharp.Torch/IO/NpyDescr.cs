using System.Globalization;

namespace DiffuSharp.Torch.IO;

/// <summary>NumPy's notation of the element types that can be read and written.</summary>
internal static class NpyDescr
{
    private const string TextPrefix = "<U";

    /// <summary>The notation of an element type other than BFloat16.</summary>
    public static string Of(ScalarType type) => type switch
    {
        ScalarType.Bool => "|b1",
        ScalarType.Byte => "|u1",
        ScalarType.Int8 => "|i1",
        ScalarType.Int16 => "<i2",
        ScalarType.Int32 => "<i4",
        ScalarType.Int64 => "<i8",
        ScalarType.Float16 => "<f2",
        ScalarType.Float32 => "<f4",
        ScalarType.Float64 => "<f8",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not an element type of NumPy"),
    };

    /// <summary>The notation of strings of up to this many code points.</summary>
    public static string OfText(int codePoints) => TextPrefix + codePoints.ToString(CultureInfo.InvariantCulture);

    /// <summary>The element type of a notation, null for text and for what cannot be read.</summary>
    public static ScalarType? FindType(string descr) => descr switch
    {
        "|b1" => ScalarType.Bool,
        "|u1" => ScalarType.Byte,
        "|i1" => ScalarType.Int8,
        "<i2" => ScalarType.Int16,
        "<i4" => ScalarType.Int32,
        "<i8" => ScalarType.Int64,
        "<f2" => ScalarType.Float16,
        "<f4" => ScalarType.Float32,
        "<f8" => ScalarType.Float64,
        _ => null,
    };

    /// <summary>The code points per string of a text notation, null for others.</summary>
    public static int? FindText(string descr) =>
        descr.StartsWith(TextPrefix, StringComparison.Ordinal)
        && int.TryParse(descr.AsSpan(TextPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var codePoints)
        && codePoints is > 0 and <= int.MaxValue / sizeof(int)
            ? codePoints
            : null;
}
