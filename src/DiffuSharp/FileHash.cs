using System.Security.Cryptography;
using System.Text;

namespace DiffuSharp;

/// <summary>Fingerprints of files and texts, printed with every number that depends on them.</summary>
public static class FileHash
{
    private const int ShortLength = 12;

    /// <summary>SHA-256 of a file's bytes, 64 lower-case hexadecimal digits.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static string Sha256(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>SHA-256 of a text as UTF-8, 64 lower-case hexadecimal digits.</summary>
    public static string OfText(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The first 12 digits, for lines of text.</summary>
    public static string Short(string hash) => hash.Length <= ShortLength ? hash : hash[..ShortLength];
}
