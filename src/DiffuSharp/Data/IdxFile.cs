using System.Buffers.Binary;
using System.IO.Compression;

namespace DiffuSharp.Data;

/// <summary>
/// The idx format of MNIST: two zero bytes, element type (8 = unsigned byte, the only one read), rank, big-endian sizes, data;
/// plain or gzip-compressed.
/// </summary>
/// <param name="Sizes">Size of each dimension.</param>
/// <param name="Data">Elements in row-major order.</param>
internal sealed record IdxFile(int[] Sizes, byte[] Data)
{
    private const int FirstChunk = 1 << 20;

    /// <summary>Reads a whole file. Memory grows with what is really there, never with what the header claims.</summary>
    /// <exception cref="InvalidDataException">Truncated, corrupt, of another type or rank.</exception>
    public static IdxFile Read(string path, int rank)
    {
        using var file = File.OpenRead(path);
        Span<byte> magic = stackalloc byte[2];
        var compressed = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
        file.Position = 0;
        using Stream content = compressed ? new GZipStream(file, CompressionMode.Decompress) : file;
        try
        {
            return Read(content, rank, path);
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException($"{path}: truncated; copy or download it again", e);
        }
        catch (InvalidDataException e) when (!e.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{path}: corrupt gzip data; copy or download it again", e);
        }
    }

    /// <summary>Reads an uncompressed stream to its end.</summary>
    public static IdxFile Read(Stream content, int rank, string path)
    {
        Span<byte> header = stackalloc byte[4];
        content.ReadExactly(header);
        if (header[0] != 0 || header[1] != 0)
        {
            throw new InvalidDataException($"{path}: not an idx file; expected one such as train-images-idx3-ubyte.gz");
        }

        if (header[2] != 8 || header[3] != rank)
        {
            throw new InvalidDataException(
                $"{path}: idx of element type {header[2]} and rank {header[3]}, expected unsigned bytes (8) of rank {rank}; check the file");
        }

        var sizes = new int[rank];
        UInt128 length = 1;
        for (var d = 0; d < rank; d++)
        {
            content.ReadExactly(header);
            var size = BinaryPrimitives.ReadUInt32BigEndian(header);
            length *= size;
            sizes[d] = (int)Math.Min(size, int.MaxValue);
        }

        if (length == 0 || length > (UInt128)Array.MaxLength)
        {
            throw new InvalidDataException($"{path}: the idx header claims {length} bytes of data; copy or download it again");
        }

        var data = ReadData(content, (int)length);
        return content.ReadByte() < 0
            ? new IdxFile(sizes, data)
            : throw new InvalidDataException($"{path}: has data beyond the {length} bytes of its idx header; copy or download it again");
    }

    private static byte[] ReadData(Stream content, int length)
    {
        if (content.CanSeek && content.Length - content.Position < length)
        {
            throw new EndOfStreamException();
        }

        var data = new byte[Math.Min(length, FirstChunk)];
        var filled = 0;
        while (true)
        {
            content.ReadExactly(data.AsSpan(filled));
            filled = data.Length;
            if (filled == length)
            {
                return data;
            }

            Array.Resize(ref data, (int)Math.Min(length, 2L * filled));
        }
    }
}
