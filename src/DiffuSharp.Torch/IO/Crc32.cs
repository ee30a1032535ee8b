using System.Buffers.Binary;

namespace DiffuSharp.Torch.IO;

/// <summary>
/// The checksum of zip entries and PNG chunks: CRC-32 with the reflected polynomial 0xEDB88320. Eight bytes are taken at a time, one table
/// for each distance of a byte from the end of the eight.
/// </summary>
internal struct Crc32()
{
    private const int Width = sizeof(ulong);
    private static readonly uint[][] s_tables = MakeTables();
    private uint _state = uint.MaxValue;

    /// <summary>The checksum of everything appended.</summary>
    public readonly uint Value => ~_state;

    /// <summary>Appends bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        var crc = _state;
        uint[] t0 = s_tables[0], t1 = s_tables[1], t2 = s_tables[2], t3 = s_tables[3];
        uint[] t4 = s_tables[4], t5 = s_tables[5], t6 = s_tables[6], t7 = s_tables[7];
        for (; bytes.Length >= Width; bytes = bytes[Width..])
        {
            var eight = BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ crc;
            crc = t7[(byte)eight] ^ t6[(byte)(eight >> 8)] ^ t5[(byte)(eight >> 16)] ^ t4[(byte)(eight >> 24)]
                ^ t3[(byte)(eight >> 32)] ^ t2[(byte)(eight >> 40)] ^ t1[(byte)(eight >> 48)] ^ t0[(byte)(eight >> 56)];
        }

        foreach (var value in bytes)
        {
            crc = (crc >> 8) ^ t0[(byte)(crc ^ value)];
        }

        _state = crc;
    }

    private static uint[][] MakeTables()
    {
        var tables = new uint[Width][];
        tables[0] = new uint[256];
        for (uint value = 0; value < 256; value++)
        {
            var crc = value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            }

            tables[0][value] = crc;
        }

        for (var distance = 1; distance < Width; distance++)
        {
            tables[distance] = Array.ConvertAll(tables[distance - 1], crc => (crc >> 8) ^ tables[0][(byte)crc]);
        }

        return tables;
    }
}
