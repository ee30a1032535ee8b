using System.Buffers.Binary;
using System.Text;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Data;

/// <summary>
/// PNG files by their chunks (W3C, Portable Network Graphics, second edition, sections 5 and 11); no native code needed.
/// </summary>
internal static class PngFile
{
    private const int BeforeContent = 8; // length and type
    private const int AfterContent = 4; // checksum

    /// <summary>The first eight bytes.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1a, (byte)'\n'];

    public static bool Recognises(ReadOnlySpan<byte> file) => file.StartsWith(Signature);

    /// <summary>The image with all its bits; grey with alpha becomes RGBA, and fewer than 8 bits become 8.</summary>
    /// <exception cref="InvalidDataException">The file is truncated or corrupt.</exception>
    public static RawImage Decode(ReadOnlySpan<byte> file, string path)
    {
        using var pixels = new MemoryStream();
        PngHeader? header = null;
        byte[] palette = [], transparency = [];
        var (type, orientation) = ("", 1);
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
                    Require(ImageLimits.Fault(header.Width, header.Height, file.Length), path);
                    break;
                case var _ when header is null:
                    throw Error(path, "does not begin with its header");
                case "PLTE" when header.HasPalette && palette.Length == 0 && header.FitsPalette(content.Length):
                    palette = content.ToArray();
                    break;
                case "tRNS" when header.FitsTransparency(content.Length, palette.Length / 3) && pixels.Length == 0:
                    transparency = content.ToArray();
                    break;
                case "IDAT" when palette.Length > 0 || !header.HasPalette:
                    pixels.Write(content);
                    break;
                case "IDAT":
                    throw Error(path, "has no palette, or a broken one, before its pixels");
                case "eXIf":
                    orientation = Orientation.Read(content);
                    break;
                case "IEND":
                    break;
                case "PLTE":
                case var _ when char.IsAsciiLetterLower(type[0]):
                    continue; // says nothing of the pixels
                default:
                    throw Error(path, "has a chunk that is unknown or in the wrong place");
            }
        }

        pixels.Write(stackalloc byte[PngPixels.BeyondEnd]);
        pixels.Position = 0;
        try
        {
            return Orientation.Apply(orientation, new PngPixels(header!, palette, transparency).Decode(pixels));
        }
        catch (InvalidDataException error)
        {
            throw Error(path, error.Message);
        }
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

    private static void Require(string? fault, string path)
    {
        if (fault is not null)
        {
            throw Error(path, fault);
        }
    }

    private static InvalidDataException Error(string path, string what) => new($"{path}: the PNG {what}; replace or remove the file");
}
