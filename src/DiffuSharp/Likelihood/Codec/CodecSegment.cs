using System.Security.Cryptography;

namespace DiffuSharp.Likelihood.Codec;

/// <summary>The code of one level: 4 bytes length, check of the code, check of the state after it, the code. Little-endian.</summary>
/// <param name="Code">What the arithmetic coder wrote.</param>
/// <param name="Check">Of what both ends know after it.</param>
internal sealed record CodecSegment(byte[] Code, uint Check)
{
    private const int FrameBytes = 12;

    public void Write(Stream stream)
    {
        stream.Write(BitConverter.GetBytes(Code.Length));
        stream.Write(BitConverter.GetBytes(CheckOf(Code)));
        stream.Write(BitConverter.GetBytes(Check));
        stream.Write(Code);
    }

    /// <summary>The next segment; null where the file has been cut before its end.</summary>
    /// <exception cref="InvalidDataException">The code is not what was written.</exception>
    public static CodecSegment? Read(Stream stream, string path)
    {
        Span<byte> frame = stackalloc byte[FrameBytes];
        if (stream.ReadAtLeast(frame, FrameBytes, throwOnEndOfStream: false) < FrameBytes)
        {
            return null;
        }

        var length = BitConverter.ToInt32(frame);
        if (length < 0 || length > stream.Length - stream.Position)
        {
            return null;
        }

        var code = new byte[length];
        stream.ReadExactly(code);
        return BitConverter.ToUInt32(frame[4..]) == CheckOf(code)
            ? new CodecSegment(code, BitConverter.ToUInt32(frame[8..]))
            : throw new InvalidDataException($"{path}: a segment before byte {stream.Position} is damaged; copy the file again");
    }

    private static uint CheckOf(byte[] code) => BitConverter.ToUInt32(SHA256.HashData(code));
}
