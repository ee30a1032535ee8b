using System.Buffers.Binary;

namespace DiffuSharp.Data;

/// <summary>The IHDR chunk of a PNG file (W3C, Portable Network Graphics, second edition, section 11.2.2).</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="BitDepth">Bits per sample, or per palette index.</param>
/// <param name="ColourType">0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha.</param>
/// <param name="IsInterlaced">Whether the pixels come in Adam7's seven passes.</param>
internal sealed record PngHeader(uint Width, uint Height, int BitDepth, int ColourType, bool IsInterlaced)
{
    private const int Length = 13;
    private const int Grey = 0;
    private const int Rgb = 2;
    private const int Palette = 3;
    private const int GreyAlpha = 4;
    private const int RgbAlpha = 6;

    /// <summary>Bits of a pixel.</summary>
    public int PixelBits => BitDepth * ColourType switch { Rgb => 3, GreyAlpha => 2, RgbAlpha => 4, _ => 1 };

    /// <summary>Whether pixels are indices into a palette.</summary>
    public bool HasPalette => ColourType == Palette;

    /// <summary>Whether there are colours, of pixels or of a palette.</summary>
    public bool HasColour => ColourType is Rgb or Palette or RgbAlpha;

    /// <summary>Whether pixels have an alpha of their own.</summary>
    public bool HasAlpha => ColourType is GreyAlpha or RgbAlpha;

    /// <summary>Reads the content of the chunk; null if it is none that a PNG can have.</summary>
    public static PngHeader? Read(ReadOnlySpan<byte> content)
    {
        if (content.Length != Length || content[10] != 0 || content[11] != 0 || content[12] > 1)
        {
            return null;
        }

        var header = new PngHeader(
            BinaryPrimitives.ReadUInt32BigEndian(content),
            BinaryPrimitives.ReadUInt32BigEndian(content[4..]),
            content[8],
            content[9],
            content[12] == 1);
        var depthFits = header.ColourType switch
        {
            Grey => header.BitDepth is 1 or 2 or 4 or 8 or 16,
            Palette => header.BitDepth is 1 or 2 or 4 or 8,
            Rgb or GreyAlpha or RgbAlpha => header.BitDepth is 8 or 16,
            _ => false,
        };
        return depthFits && header.Width is > 0 and <= int.MaxValue && header.Height is > 0 and <= int.MaxValue ? header : null;
    }

    /// <summary>Whether a palette can have that size in bytes: three for each colour, no more colours than there are indices.</summary>
    public bool FitsPalette(int length) => length % 3 == 0 && length > 0 && length / 3 <= 1 << BitDepth;

    /// <summary>Whether a chunk of transparency has the size that it must have.</summary>
    /// <param name="length">Bytes of its content.</param>
    /// <param name="colours">Colours of the palette before it.</param>
    public bool FitsTransparency(int length, int colours) =>
        ColourType switch { Grey => length == 2, Rgb => length == 6, Palette => length > 0 && length <= colours, _ => false };
}
