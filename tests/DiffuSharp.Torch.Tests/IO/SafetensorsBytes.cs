using System.Buffers.Binary;
using System.Text;

namespace DiffuSharp.Torch.Tests.IO;

/// <summary>Safetensors files made by hand.</summary>
internal static class SafetensorsBytes
{
    /// <summary>A file with this header (length in front) and so many bytes of data: 0, 1, 2...</summary>
    public static byte[] Make(string header, int dataLength)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var file = new byte[8 + json.Length + dataLength];
        BinaryPrimitives.WriteInt64LittleEndian(file, json.Length);
        json.CopyTo(file, 8);
        for (var i = 0; i < dataLength; i++)
        {
            file[8 + json.Length + i] = (byte)i;
        }

        return file;
    }
}
