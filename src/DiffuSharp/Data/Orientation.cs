using System.Buffers.Binary;

namespace DiffuSharp.Data;

/// <summary>The EXIF tag Orientation (Exif 2.3, tag 274): which way up the camera was held, 1 to 8.</summary>
internal static class Orientation
{
    private const ushort Tag = 0x0112;

    /// <summary>The orientation in a block of EXIF (a TIFF header and its first directory); 1 where it says none.</summary>
    public static int Read(ReadOnlySpan<byte> exif)
    {
        var isLittle = exif.StartsWith("II*\0"u8);
        if (exif.Length < 8 || !(isLittle || exif.StartsWith("MM\0*"u8)))
        {
            return 1;
        }

        var directory = UInt32(exif[4..], isLittle);
        if (directory > exif.Length - 2)
        {
            return 1;
        }

        var entries = exif[((int)directory + 2)..];
        for (int i = UInt16(exif[(int)directory..], isLittle); i > 0 && entries.Length >= 12; i--, entries = entries[12..])
        {
            if (UInt16(entries, isLittle) == Tag)
            {
                return UInt16(entries[8..], isLittle) is >= 1 and <= 8 and var value ? value : 1;
            }
        }

        return 1;
    }

    /// <summary>Turns an image upright; itself for orientation 1.</summary>
    public static RawImage Apply(int orientation, RawImage image)
    {
        if (orientation is < 2 or > 8)
        {
            return image;
        }

        var (w, h) = (image.Width, image.Height);
        var isTurned = orientation >= 5;
        var (width, height) = isTurned ? (h, w) : (w, h);
        var size = image.Channels * (image.BitDepth / 8);
        var samples = new byte[image.Samples.Length];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (column, row) = orientation switch
                {
                    2 => (w - 1 - x, y),
                    3 => (w - 1 - x, h - 1 - y),
                    4 => (x, h - 1 - y),
                    5 => (y, x),
                    6 => (y, h - 1 - x),
                    7 => (w - 1 - y, h - 1 - x),
                    _ => (w - 1 - y, x),
                };
                image.Samples.AsSpan(((row * w) + column) * size, size).CopyTo(samples.AsSpan(((y * width) + x) * size));
            }
        }

        return new RawImage(width, height, image.Channels, image.BitDepth, samples);
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, bool isLittle) =>
        isLittle ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint UInt32(ReadOnlySpan<byte> bytes, bool isLittle) =>
        isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
