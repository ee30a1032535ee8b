using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Data;

/// <summary>Text in PNG files (W3C, Portable Network Graphics, second edition, section 11.3.4).</summary>
public static class PngText
{
    private const int AroundContent = 12; // length, type, checksum
    private const int LongestText = 1 << 24;
    private const int AfterHeader = 8 + AroundContent + 13; // signature and IHDR, which is always first

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1a, (byte)'\n'];

    /// <summary>A PNG file with one more text.</summary>
    /// <param name="png">The file.</param>
    /// <param name="keyword">1 to 79 Latin-1 characters.</param>
    /// <param name="text">Kept as Latin-1 (tEXt) where it can be, else as UTF-8 (iTXt).</param>
    public static byte[] With(ReadOnlySpan<byte> png, string keyword, string text)
    {
        var isLatin = text.All(c => c is >= ' ' and <= '~' or >= '\u00a1' and <= '\u00ff' or '\n');
        byte[] content = isLatin
            ? [.. Encoding.Latin1.GetBytes(keyword), 0, .. Encoding.Latin1.GetBytes(text)]
            : [.. Encoding.Latin1.GetBytes(keyword), 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(text)];
        var chunk = new byte[AroundContent + content.Length];
        BinaryPrimitives.WriteUInt32BigEndian(chunk, (uint)content.Length);
        (isLatin ? "tEXt"u8 : "iTXt"u8).CopyTo(chunk.AsSpan(4));
        content.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + content.Length), Checksum(chunk.AsSpan(4, 4 + content.Length)));
        return [.. png[..AfterHeader], .. chunk, .. png[AfterHeader..]];
    }

    /// <summary>Writes an image with one text atomically.</summary>
    /// <param name="path">File to create or replace.</param>
    /// <param name="image">Grey or RGB.</param>
    /// <param name="keyword">1 to 79 Latin-1 characters.</param>
    /// <param name="text">The text.</param>
    public static void Write(string path, Image image, string keyword, string text)
    {
        var file = With(ImageCodecs.EncodePng(image.ToRaw()), keyword, text);
        AtomicFile.Write(path, stream => stream.Write(file));
    }

    /// <summary>All texts of a file, in its order.</summary>
    /// <exception cref="InvalidInputException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no PNG, or a damaged one; one line.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new InvalidInputException($"{path}: no such file; check the name");
        }

        ReadOnlySpan<byte> rest = File.ReadAllBytes(path);
        if (!rest.StartsWith(Signature))
        {
            throw new InvalidDataException($"{path}: is no PNG file; only those tell how they were made");
        }

        var texts = new List<KeyValuePair<string, string>>();
        for (rest = rest[Signature.Length..]; rest.Length >= AroundContent;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > rest.Length - AroundContent)
            {
                throw new InvalidDataException($"{path}: the PNG is truncated; replace or remove the file");
            }

            var type = Encoding.Latin1.GetString(rest[4..8]);
            if (Text(type, rest.Slice(8, (int)length)) is { } text)
            {
                texts.Add(text);
            }

            rest = rest[(AroundContent + (int)length)..];
        }

        return texts;
    }

    private static KeyValuePair<string, string>? Text(string type, ReadOnlySpan<byte> content)
    {
        var end = content.IndexOf((byte)0);
        if (end < 1 || type is not ("tEXt" or "zTXt" or "iTXt"))
        {
            return null;
        }

        var keyword = Encoding.Latin1.GetString(content[..end]);
        var rest = content[(end + 1)..];
        switch (type)
        {
            case "tEXt":
                return new(keyword, Encoding.Latin1.GetString(rest));
            case "zTXt":
                return rest.Length > 1 && Inflated(rest[1..]) is { } latin ? new(keyword, Encoding.Latin1.GetString(latin)) : null;
            default:
                var isCompressed = rest.Length > 2 && rest[0] == 1;
                rest = rest.Length > 2 ? AfterZero(AfterZero(rest[2..])) : [];
                return !isCompressed ? new(keyword, Encoding.UTF8.GetString(rest))
                    : Inflated(rest) is { } utf8 ? new(keyword, Encoding.UTF8.GetString(utf8)) : null;
        }
    }

    private static ReadOnlySpan<byte> AfterZero(ReadOnlySpan<byte> bytes) => bytes[(bytes.IndexOf((byte)0) + 1)..];

    // Null where it is damaged or longer than any text.
    private static byte[]? Inflated(ReadOnlySpan<byte> bytes)
    {
        using var packed = new MemoryStream(bytes.ToArray());
        using var inflated = new ZLibStream(packed, CompressionMode.Decompress);
        using var text = new MemoryStream();
        var block = new byte[1 << 14];
        try
        {
            for (var count = inflated.Read(block); count > 0; count = inflated.Read(block))
            {
                text.Write(block, 0, count);
                if (text.Length > LongestText)
                {
                    return null;
                }
            }
        }
        catch (InvalidDataException)
        {
            return null;
        }

        return text.ToArray();
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var checksum = new Crc32();
        checksum.Append(bytes);
        return checksum.Value;
    }
}
