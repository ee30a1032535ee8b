using System.IO.Compression;

namespace DiffuSharp.Data;

/// <summary>The compressed rows of a PNG file (W3C, Portable Network Graphics, second edition, sections 7 to 10).</summary>
internal static class PngPixels
{
    /// <summary>
    /// Zeros that follow the compressed data. A stream that has ended does not reach them; one that has not takes them for more, which
    /// is more pixels or an error.
    /// </summary>
    public const int BeyondEnd = 64;

    private const int LastFilter = 4;

    // First column, first row and their distances: Adam7's passes.
    private static readonly (uint X, uint Y, uint Dx, uint Dy)[] s_adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    private static readonly (uint X, uint Y, uint Dx, uint Dy)[] s_onePass = [(0, 0, 1, 1)];

    /// <summary>Says what is wrong with the rows, or null; takes little memory, whatever the header claims.</summary>
    public static string? Fault(PngHeader header, Stream compressed)
    {
        using var rows = new ZLibStream(compressed, CompressionMode.Decompress);
        var buffer = new byte[1 << 13];
        try
        {
            foreach (var (x, y, dx, dy) in header.IsInterlaced ? s_adam7 : s_onePass)
            {
                var (width, height) = (Steps(header.Width, x, dx), Steps(header.Height, y, dy));
                for (uint row = 0; width > 0 && row < height; row++)
                {
                    var filter = rows.ReadByte();
                    if (filter > LastFilter)
                    {
                        return $"is corrupt (row filter {filter})";
                    }

                    if (filter < 0 || !Skip(rows, (((long)width * header.PixelBits) + 7) / 8, buffer))
                    {
                        return $"has fewer pixels than the {header.Width}x{header.Height} of its header";
                    }
                }
            }

            // libpng decodes the end of the stream, too, and a broken one is an error.
            return rows.ReadByte() < 0 ? null : $"has more pixels than the {header.Width}x{header.Height} of its header";
        }
        catch (InvalidDataException)
        {
            return "is corrupt (its pixels cannot be decompressed)";
        }
    }

    private static uint Steps(uint size, uint first, uint distance) => size <= first ? 0 : ((size - first - 1) / distance) + 1;

    private static bool Skip(Stream stream, long count, byte[] buffer)
    {
        while (count > 0)
        {
            var read = stream.Read(buffer, 0, (int)Math.Min(count, buffer.Length));
            if (read == 0)
            {
                return false;
            }

            count -= read;
        }

        return true;
    }
}
