using System.Buffers.Binary;
using System.Text;

namespace DiffuSharp.Torch.IO;

/// <summary>
/// The header of an npy file: magic, version, length and a Python dictionary
/// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
/// </summary>
/// <param name="Descr">Element type in NumPy's array-protocol notation, such as <c>&lt;f4</c>.</param>
/// <param name="FortranOrder">Whether the first index runs fastest in the data.</param>
/// <param name="Shape">Sizes; empty for a scalar.</param>
internal sealed record NpyHeader(string Descr, bool FortranOrder, long[] Shape)
{
    private const int Alignment = 64;
    private const int LongestDictionary = 1 << 16;
    private const int VersionedLength = 10;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads a header of version 1.0, 2.0 or 3.0.</summary>
    /// <param name="stream">Stands at the magic; is left at the first byte of the data.</param>
    /// <param name="length">Bytes from the magic to the end of the array.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="dataLength">Bytes that follow the header.</param>
    /// <exception cref="InvalidDataException">The header breaks the format.</exception>
    public static NpyHeader Read(Stream stream, long length, string path, out long dataLength)
    {
        Span<byte> prefix = stackalloc byte[VersionedLength + 2];
        if (stream.ReadAtLeast(prefix[..VersionedLength], VersionedLength, throwOnEndOfStream: false) < VersionedLength
            || !prefix.StartsWith(Magic))
        {
            throw InvalidFile.Error(path, "does not start as an npy file", "check the path");
        }

        var prefixLength = VersionedLength;
        if (prefix[Magic.Length] is 2 or 3)
        {
            prefixLength = prefix.Length;
            if (stream.ReadAtLeast(prefix[VersionedLength..], 2, throwOnEndOfStream: false) < 2)
            {
                throw InvalidFile.Error(path, "ends within the npy header", "copy or download it again");
            }
        }
        else if (prefix[Magic.Length] != 1)
        {
            throw InvalidFile.Error(path, $"is an npy file of unknown version {prefix[Magic.Length]}", "save it as version 1.0");
        }

        long headerLength = prefixLength == VersionedLength
            ? BinaryPrimitives.ReadUInt16LittleEndian(prefix[8..])
            : BinaryPrimitives.ReadUInt32LittleEndian(prefix[8..]);
        dataLength = length - prefixLength - headerLength;
        if (headerLength > LongestDictionary || dataLength < 0)
        {
            throw InvalidFile.Error(
                path, $"claims an npy header of {headerLength} bytes", "check that this is a whole npy file of one plain array");
        }

        var dictionary = new byte[headerLength];
        return stream.ReadAtLeast(dictionary, dictionary.Length, throwOnEndOfStream: false) == dictionary.Length
            ? NpyHeaderParser.Parse(path, dictionary)
            : throw InvalidFile.Error(path, "ends within the npy header", "copy or download it again");
    }

    /// <summary>The bytes of the header in version 1.0, padded so that the data starts at a multiple of 64.</summary>
    public byte[] ToBytes()
    {
        var comma = Shape.Length == 1 ? "," : "";
        var dictionary = $"{{'descr': '{Descr}', 'fortran_order': {FortranOrder}, 'shape': ({string.Join(", ", Shape)}{comma}), }}";
        var length = (VersionedLength + dictionary.Length + Alignment) / Alignment * Alignment;
        var bytes = new byte[length];
        bytes.AsSpan().Fill((byte)' ');
        Magic.CopyTo(bytes);
        bytes[Magic.Length] = 1;
        bytes[Magic.Length + 1] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), (ushort)(length - VersionedLength));
        Encoding.ASCII.GetBytes(dictionary, bytes.AsSpan(VersionedLength));
        bytes[^1] = (byte)'\n';
        return bytes;
    }
}
