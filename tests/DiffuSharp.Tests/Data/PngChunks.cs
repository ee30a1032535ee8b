using System.Buffers.Binary;
using System.Text;

namespace DiffuSharp.Tests.Data;

/// <summary>PNG files put together and mended chunk by chunk.</summary>
internal static class PngChunks
{
    private const int Signature = 8;
    private const int BeforeContent = 8;
    private const int AfterContent = 4;

    /// <summary>A chunk with its length and checksum.</summary>
    public static byte[] Chunk(string type, params byte[] content)
    {
        var chunk = new byte[BeforeContent + content.Length + AfterContent];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        Encoding.ASCII.GetBytes(type).CopyTo(chunk, 4);
        content.CopyTo(chunk, BeforeContent);
        Mend(chunk);
        return chunk;
    }

    /// <summary>The file with a chunk between its header and the rest.</summary>
    public static byte[] WithChunk(byte[] png, byte[] chunk)
    {
        const int headerEnd = Signature + BeforeContent + 13 + AfterContent;
        return [.. png[..headerEnd], .. chunk, .. png[headerEnd..]];
    }

    /// <summary>The file with the right checksum in every chunk that is whole.</summary>
    public static byte[] WithChecksums(byte[] png)
    {
        byte[] mended = [.. png];
        for (long at = Signature; at + BeforeContent + AfterContent <= mended.Length;)
        {
            var end = at + BeforeContent + BinaryPrimitives.ReadUInt32BigEndian(mended.AsSpan((int)at)) + AfterContent;
            if (end > mended.Length)
            {
                break;
            }

            Mend(mended.AsSpan((int)at..(int)end));
            at = end;
        }

        return mended;
    }

    private static void Mend(Span<byte> chunk)
    {
        var crc = uint.MaxValue;
        foreach (var value in chunk[4..^AfterContent])
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            }
        }

        BinaryPrimitives.WriteUInt32BigEndian(chunk[^AfterContent..], ~crc);
    }
}
