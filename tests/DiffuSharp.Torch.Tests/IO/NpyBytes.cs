using System.Text;

namespace DiffuSharp.Torch.Tests.IO;

/// <summary>Npy files made by hand.</summary>
internal static class NpyBytes
{
    /// <summary>A file of this version and dictionary (length in front) and so much data.</summary>
    public static byte[] Make(string dictionary, byte[] data, int version = 1)
    {
        var text = Encoding.UTF8.GetBytes(dictionary);
        var length = BitConverter.GetBytes(text.Length)[..(version == 1 ? 2 : 4)];
        return [0x93, .. "NUMPY"u8, (byte)version, 0, .. length, .. text, .. data];
    }
}
