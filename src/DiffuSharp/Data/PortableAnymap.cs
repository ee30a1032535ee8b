using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace DiffuSharp.Data;

/// <summary>Binary PGM (P5) and PPM (P6) files with 8 or 16 bits, after the Netpbm format pages; no native code needed.</summary>
internal static class PortableAnymap
{
    public static bool Recognises(ReadOnlySpan<byte> file) =>
        file.Length >= 3 && file[0] == 'P' && file[1] is (byte)'5' or (byte)'6' && IsSpace(file[2]);

    public static RawImage Decode(ReadOnlySpan<byte> file, string path)
    {
        var channels = file[1] == '5' ? 1 : 3;
        var at = 2;
        var width = ReadNumber(file, ref at, path);
        var height = ReadNumber(file, ref at, path);
        var maximum = ReadNumber(file, ref at, path);
        if (width < 1 || height < 1 || maximum is not (255 or 65535))
        {
            throw new InvalidDataException(
                $"{path}: {width}x{height} with maximum {maximum} is not a PGM or PPM this reads (maximum 255 or 65535); convert it");
        }

        at++;
        var bitDepth = maximum == 255 ? 8 : 16;
        var length = (long)width * height * channels * (bitDepth / 8);
        if (file.Length - at < length)
        {
            throw new InvalidDataException(
                $"{path}: truncated, {length} bytes of pixels announced but {Math.Max(0, file.Length - at)} there; copy it again");
        }

        var samples = file.Slice(at, (int)length).ToArray();
        var image = new RawImage(width, height, channels, bitDepth, samples);
        if (bitDepth == 16 && BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(image.Samples16, image.Samples16);
        }

        return image;
    }

    public static byte[] Encode(RawImage image)
    {
        var header = Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"P{(image.Channels == 1 ? 5 : 6)}\n{image.Width} {image.Height}\n{(image.BitDepth == 8 ? 255 : 65535)}\n"));
        byte[] file = [.. header, .. image.Samples];
        if (image.BitDepth == 16 && BitConverter.IsLittleEndian)
        {
            for (var i = header.Length; i < file.Length; i += 2)
            {
                (file[i], file[i + 1]) = (file[i + 1], file[i]);
            }
        }

        return file;
    }

    private static int ReadNumber(ReadOnlySpan<byte> file, ref int at, string path)
    {
        while (at < file.Length && (IsSpace(file[at]) || file[at] == '#'))
        {
            if (file[at] == '#')
            {
                var end = file[at..].IndexOf((byte)'\n');
                at = end < 0 ? file.Length : at + end;
            }
            else
            {
                at++;
            }
        }

        var start = at;
        while (at < file.Length && char.IsAsciiDigit((char)file[at]))
        {
            at++;
        }

        return int.TryParse(file[start..at], NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new InvalidDataException($"{path}: broken PGM or PPM header; replace or remove the file");
    }

    private static bool IsSpace(byte b) => b is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'\v' or (byte)'\f';
}
