using System.Buffers.Binary;
using System.Text;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Data;

/// <summary>
/// The chunks of a PNG file (W3C, Portable Network Graphics, second edition, sections 5 and 11). libpng prints a line of its own
/// about all that it does not like, so a file is checked, and freed of what does not concern its pixels, before it gets there.
/// </summary>
internal static class PngFile
{
    private const int BeforeContent = 8; // length and type
    private const int AfterContent = 4; // checksum

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1a, (byte)'\n'];

    public static bool Recognises(ReadOnlySpan<byte> file) => file.StartsWith(Signature);

    /// <summary>The same image as a file of header, palette, transparency and pixels alone.</summary>
    /// <exception cref="InvalidDataException">The file is truncated or corrupt.</exception>
    public static byte[] Essential(ReadOnlySpan<byte> file, string path)
    {
        using var essential = new MemoryStream(file.Length);
        using var pixels = new MemoryStream();
        essential.Write(Signature);
        PngHeader? header = null;
        var colours = 0;
        var type = "";
        for (var rest = file[Signature.Length..]; type != "IEND";)
        {
            var chunk = First(rest, path);
            rest = rest[chunk.Length..];
            type = Encoding.Latin1.GetString(chunk[4..BeforeContent]);
            var content = chunk[BeforeContent..^AfterContent];
            switch (type)
            {
                case "IHDR" when header is null:
                    header = PngHeader.Read(content) ?? throw Error(path, "has a header that no PNG can have");
                    break;
                case var _ when header is null:
                    throw Error(path, "does not begin with its header");
                case "PLTE" when header.HasPalette && colours == 0 && header.FitsPalette(content.Length):
                    colours = content.Length / 3;
                    break;
                case "tRNS" when header.FitsTransparency(content.Length, colours) && pixels.Length == 0:
                    break;
                case "IDAT" when colours > 0 || !header.HasPalette:
                    pixels.Write(content);
                    break;
                case "IDAT":
                    throw Error(path, "has no palette, or a broken one, before its pixels");
                case "IEND":
                    break;
                case "PLTE":
                case var _ when char.IsAsciiLetterLower(type[0]):
                    continue; // says nothing of the pixels
                default:
                    throw Error(path, "has a chunk that is unknown or in the wrong place");
            }

            essential.Write(chunk);
        }

        pixels.Write(stackalloc byte[PngPixels.BeyondEnd]);
        pixels.Position = 0;
        return PngPixels.Fault(header!, pixels) is { } fault ? throw Error(path, fault) : essential.ToArray();
    }

    // The first chunk of what is left of a file, from its length to its checksum.
    private static ReadOnlySpan<byte> First(ReadOnlySpan<byte> rest, string path)
    {
        var contentLength = rest.Length < BeforeContent ? 0 : BinaryPrimitives.ReadUInt32BigEndian(rest);
        if (BeforeContent + contentLength + AfterContent > rest.Length)
        {
            throw Error(path, "is truncated");
        }

        var chunk = rest[..(BeforeContent + (int)contentLength + AfterContent)];
        var checksum = new Crc32();
        checksum.Append(chunk[4..^AfterContent]);
        return checksum.Value == BinaryPrimitives.ReadUInt32BigEndian(chunk[^AfterContent..])
            ? chunk
            : throw Error(path, "is corrupt (wrong checksum)");
    }

    private static InvalidDataException Error(string path, string what) => new($"{path}: the PNG {what}; replace or remove the file");
}
