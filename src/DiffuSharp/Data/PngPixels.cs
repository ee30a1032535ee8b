using System.Buffers.Binary;
using System.IO.Compression;

namespace DiffuSharp.Data;

/// <summary>The compressed rows of a PNG file (W3C, Portable Network Graphics, second edition, sections 7 to 10).</summary>
/// <param name="header">What the rows are made of.</param>
/// <param name="palette">Three bytes for each colour; empty without palette.</param>
/// <param name="transparency">Content of the tRNS chunk; empty without.</param>
internal sealed class PngPixels(PngHeader header, byte[] palette, byte[] transparency)
{
    /// <summary>
    /// Zeros that follow the compressed data. A stream that has ended does not reach them; one that has not takes them for more, which
    /// is more pixels or an error.
    /// </summary>
    public const int BeyondEnd = 64;

    private const int MaximumExpansion = 1032; // of deflate

    // First column, first row and their distances: Adam7's passes.
    private static readonly (int X, int Y, int Dx, int Dy)[] s_adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    private static readonly (int X, int Y, int Dx, int Dy)[] s_onePass = [(0, 0, 1, 1)];

    private readonly int _channels = header.HasAlpha || transparency.Length > 0 ? 4 : header.HasColour ? 3 : 1;
    private readonly int _bytes = header.BitDepth == 16 ? 2 : 1; // of a sample of the image

    // 8-bit grey, RGB and RGBA: a row of the file is a row of the image.
    private readonly bool _isStoredAsIs = header is { BitDepth: 8, HasPalette: false, IsInterlaced: false } && transparency.Length == 0 && (header.HasColour || !header.HasAlpha);

    /// <summary>The image. Memory is taken only for what so much compressed data can hold.</summary>
    /// <exception cref="InvalidDataException">Its message continues "the PNG".</exception>
    public RawImage Decode(Stream compressed)
    {
        var (width, height) = ((int)header.Width, (int)header.Height);
        var fewer = $"has fewer pixels than the {width}x{height} of its header";
        var pixels = (long)width * height;
        if (pixels > MaximumExpansion * 8 * compressed.Length / header.PixelBits)
        {
            throw new InvalidDataException(fewer);
        }

        var samples = new byte[pixels * _channels * _bytes];
        var step = Math.Max(1, header.PixelBits / 8);
        using var rows = new ZLibStream(compressed, CompressionMode.Decompress);
        foreach (var (x, y, dx, dy) in header.IsInterlaced ? s_adam7 : s_onePass)
        {
            var (columns, count) = (Steps(width, x, dx), Steps(height, y, dy));
            var length = (int)((((long)columns * header.PixelBits) + 7) / 8);
            var (row, above) = (new byte[length + 1], new byte[length + 1]);
            for (var i = 0; columns > 0 && i < count; i++)
            {
                if (Fill(row, rows) < row.Length)
                {
                    throw new InvalidDataException(fewer);
                }

                Unfilter(row[0], row.AsSpan(1), above.AsSpan(1), step);
                if (_isStoredAsIs)
                {
                    row.AsSpan(1).CopyTo(samples.AsSpan((int)((long)i * length)));
                }

                for (var column = 0; !_isStoredAsIs && column < columns; column++)
                {
                    var at = (((long)(y + (i * dy)) * width) + x + (column * dx)) * _channels * _bytes;
                    Write(row.AsSpan(1), column, samples.AsSpan((int)at, _channels * _bytes));
                }

                (row, above) = (above, row);
            }
        }

        if (Fill(stackalloc byte[1], rows) > 0)
        {
            throw new InvalidDataException($"has more pixels than the {width}x{height} of its header");
        }

        return new RawImage(width, height, _channels, 8 * _bytes, samples);
    }

    private static int Steps(int size, int first, int distance) => size <= first ? 0 : ((size - first - 1) / distance) + 1;

    private static int Fill(Span<byte> buffer, Stream rows)
    {
        try
        {
            return rows.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException("is corrupt (its pixels cannot be decompressed)", error);
        }
    }

    // Section 9.2: `step` bytes to the left is the same byte of the pixel before.
    private static void Unfilter(int filter, Span<byte> row, ReadOnlySpan<byte> above, int step)
    {
        above = above[..row.Length];
        switch (filter)
        {
            case 0:
                break;
            case 1:
                for (var i = step; i < row.Length; i++)
                {
                    row[i] += row[i - step];
                }

                break;
            case 2:
                for (var i = 0; i < row.Length; i++)
                {
                    row[i] += above[i];
                }

                break;
            case 3:
                for (var i = 0; i < row.Length; i++)
                {
                    row[i] += (byte)(((i < step ? 0 : row[i - step]) + above[i]) / 2);
                }

                break;
            case 4:
                for (var i = 0; i < row.Length; i++)
                {
                    row[i] += (byte)(i < step ? above[i] : Paeth(row[i - step], above[i], above[i - step]));
                }

                break;
            default:
                throw new InvalidDataException($"is corrupt (row filter {filter})");
        }
    }

    /// <summary>The predictor of filter 4 from the bytes to the left, above and above left.</summary>
    public static int Paeth(int a, int b, int c)
    {
        int pa = Math.Abs(b - c), pb = Math.Abs(a - c), pc = Math.Abs(a + b - (2 * c));
        return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
    }

    // One pixel as grey, RGB or RGBA samples of the machine's byte order.
    private void Write(ReadOnlySpan<byte> row, int column, Span<byte> pixel)
    {
        var stored = header.PixelBits / header.BitDepth;
        Span<int> values = stackalloc int[4];
        for (var i = 0; i < stored; i++)
        {
            values[i] = Sample(row, (column * stored) + i);
        }

        if (header.HasPalette)
        {
            var index = values[0];
            if (3 * index >= palette.Length)
            {
                throw new InvalidDataException("has a pixel beyond its palette");
            }

            (values[0], values[1], values[2]) = (palette[3 * index], palette[(3 * index) + 1], palette[(3 * index) + 2]);
            values[3] = index < transparency.Length ? transparency[index] : 255;
        }
        else
        {
            var largest = (1 << header.BitDepth) - 1;
            var alpha = header.HasAlpha ? values[stored - 1] : IsTransparent(values[..stored]) ? 0 : largest;
            if (!header.HasColour)
            {
                values[1] = values[2] = values[0];
            }

            values[3] = alpha;
            for (var i = 0; header.BitDepth < 8 && i < 4; i++)
            {
                values[i] = values[i] * 255 / largest;
            }
        }

        for (var i = 0; i < _channels; i++)
        {
            if (_bytes == 1)
            {
                pixel[i] = (byte)values[i];
            }
            else
            {
                BitConverter.TryWriteBytes(pixel[(2 * i)..], (ushort)values[i]);
            }
        }
    }

    private int Sample(ReadOnlySpan<byte> row, int at)
    {
        if (header.BitDepth >= 8)
        {
            return header.BitDepth == 8 ? row[at] : BinaryPrimitives.ReadUInt16BigEndian(row[(2 * at)..]);
        }

        var bit = at * header.BitDepth;
        return (row[bit / 8] >> (8 - header.BitDepth - (bit % 8))) & ((1 << header.BitDepth) - 1);
    }

    private bool IsTransparent(ReadOnlySpan<int> values)
    {
        var same = transparency.Length > 0;
        for (var i = 0; same && i < values.Length; i++)
        {
            same = (BinaryPrimitives.ReadUInt16BigEndian(transparency.AsSpan(2 * i)) & ((1 << header.BitDepth) - 1)) == values[i];
        }

        return same;
    }
}
