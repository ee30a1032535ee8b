using System.Buffers.Binary;
using System.IO.Compression;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Data;

/// <summary>Writes PNG files (W3C, Portable Network Graphics, second edition): grey, RGB and RGBA with 8 or 16 bits, not interlaced.</summary>
internal static class PngWriter
{
    private const int Filters = 5;

    /// <summary>The whole file.</summary>
    /// <param name="image">Grey, RGB or RGBA.</param>
    /// <param name="level">zlib's level, 0 (stored) to 9.</param>
    public static byte[] Encode(RawImage image, int level)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(level);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, 9);
        using var file = new MemoryStream();
        file.Write(PngFile.Signature);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], image.Height);
        header[8] = (byte)image.BitDepth;
        header[9] = (byte)(image.Channels switch { 1 => 0, 3 => 2, _ => 6 });
        header[10..].Clear();
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "IDAT"u8, Compress(image, level));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(word, content.Length);
        file.Write(word);
        file.Write(type);
        file.Write(content);
        var checksum = new Crc32();
        checksum.Append(type);
        checksum.Append(content);
        BinaryPrimitives.WriteUInt32BigEndian(word, checksum.Value);
        file.Write(word);
    }

    private static ReadOnlySpan<byte> Compress(RawImage image, int level)
    {
        var step = image.Channels * (image.BitDepth / 8);
        var length = image.Width * step;
        var above = new byte[length];
        var row = new byte[length];
        var filtered = Enumerable.Range(0, level == 0 ? 1 : Filters).Select(_ => new byte[length + 1]).ToArray();
        using var compressed = new MemoryStream();
        using (var rows = new ZLibStream(compressed, new ZLibCompressionOptions { CompressionLevel = level }, leaveOpen: true))
        {
            for (var y = 0; y < image.Height; y++)
            {
                image.Samples.AsSpan(y * length, length).CopyTo(row);
                if (image.BitDepth == 16 && BitConverter.IsLittleEndian)
                {
                    var words = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ushort>(row.AsSpan());
                    BinaryPrimitives.ReverseEndianness(words, words);
                }

                for (var filter = 0; filter < filtered.Length; filter++)
                {
                    Filter(filter, row, above, step, filtered[filter]);
                }

                rows.Write(filtered.MinBy(Weight)!);
                (row, above) = (above, row);
            }
        }

        return compressed.GetBuffer().AsSpan(0, (int)compressed.Length);
    }

    // Section 12.8: of the five filters the one whose bytes, as signed numbers, have the smallest sum of magnitudes.
    private static long Weight(byte[] filtered)
    {
        long sum = 0;
        foreach (var value in filtered.AsSpan(1))
        {
            sum += Math.Abs((int)(sbyte)value);
        }

        return sum;
    }

    // Section 9.2, with zeros to the left of the first pixel and above the first row.
    private static void Filter(int filter, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int step, Span<byte> filtered)
    {
        filtered[0] = (byte)filter;
        var to = filtered[1..];
        for (var i = 0; i < row.Length; i++)
        {
            int left = i < step ? 0 : row[i - step], corner = i < step ? 0 : above[i - step];
            to[i] = (byte)(row[i] - filter switch
            {
                0 => 0,
                1 => left,
                2 => above[i],
                3 => (left + above[i]) / 2,
                _ => PngPixels.Paeth(left, above[i], corner),
            });
        }
    }
}
