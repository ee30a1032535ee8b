using System.Buffers.Binary;
using System.Security.Cryptography;

namespace DiffuSharp.Networks;

/// <summary>
/// What tells models apart: a fingerprint of the weights. Notes that are added to the file later (the model's card) do not change it, so a
/// sampler that was learned for a model, and a file that was encoded with it, stay valid.
/// </summary>
public static class WeightHash
{
    private const int LengthBytes = 8;

    /// <summary>SHA-256 of what follows the header of a safetensors file, or of the whole file of another kind; 64 lower-case digits.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static string Sha256(string path) => Convert.ToHexStringLower(Bytes(path));

    /// <summary>The same as 32 bytes.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static byte[] Bytes(string path)
    {
        using var stream = File.OpenRead(ScriptName.FileOf(path));
        stream.Position = ScriptName.Is(path) ? 0 : StartOfWeights(stream);
        return SHA256.HashData(stream);
    }

    // A safetensors file starts with the length of its header; one that lies about it has no weights.
    private static long StartOfWeights(FileStream stream)
    {
        Span<byte> length = stackalloc byte[LengthBytes];
        if (stream.ReadAtLeast(length, LengthBytes, throwOnEndOfStream: false) < LengthBytes)
        {
            return 0;
        }

        var start = BinaryPrimitives.ReadUInt64LittleEndian(length);
        return start <= (ulong)(stream.Length - LengthBytes) ? LengthBytes + (long)start : 0;
    }
}
