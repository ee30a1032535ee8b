using System.Buffers.Binary;

namespace DiffuSharp.Data;

/// <summary>The markers of a JPEG file (ITU-T T.81, annex B), walked so that one in a thumbnail is not taken for the picture's.</summary>
internal static class JpegMarkers
{
    private const byte EndOfImage = 0xd9;
    private const byte StartOfScan = 0xda;

    /// <summary>Refuses a file whose picture does not end: a decoder would fill what is missing with grey and call it a success.</summary>
    /// <exception cref="InvalidDataException">There is no end marker after the last scan, or a segment is cut.</exception>
    public static void RequireEnd(ReadOnlySpan<byte> file, string path)
    {
        var scanned = false;
        for (var at = 2; Next(file, ref at) is { } marker;)
        {
            if (marker == EndOfImage && scanned)
            {
                return;
            }

            if (marker is EndOfImage or 0x01 or (>= 0xd0 and <= 0xd8))
            {
                continue; // stands alone
            }

            if (file.Length - at < 2)
            {
                break;
            }

            scanned |= marker == StartOfScan;
            at += BinaryPrimitives.ReadUInt16BigEndian(file[at..]);
        }

        throw new InvalidDataException($"{path}: truncated JPEG (no end marker); replace or remove the file");
    }

    // The next marker and the place behind it; compressed data between markers has no ff that is not followed by 00 or a restart.
    private static byte? Next(ReadOnlySpan<byte> file, ref int at)
    {
        while (at < file.Length)
        {
            var step = file[at..].IndexOf((byte)0xff);
            if (step < 0)
            {
                return null;
            }

            at += step + 1;
            while (at < file.Length && file[at] == 0xff)
            {
                at++;
            }

            if (at < file.Length && file[at++] is not (0 or (>= 0xd0 and <= 0xd7)) and var marker)
            {
                return marker;
            }
        }

        return null;
    }
}
