using System.Text;

namespace DiffuSharp.Torch.IO;

/// <summary>The npy format on streams, as it lies in npy files and in the entries of npz files.</summary>
internal static class NpyFormat
{
    private const int LargestText = 1 << 24;  // bytes; a string takes up to ten times its bytes in memory
    private static readonly UTF32Encoding s_utf32 = new(bigEndian: false, byteOrderMark: false, throwOnInvalidCharacters: true);

    /// <summary>Reads one array that takes the whole rest of the stream.</summary>
    /// <param name="stream">Stands at the magic.</param>
    /// <param name="length">Bytes from there to the end. Nothing larger is allocated for the array.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="InvalidDataException">The array breaks the format or has an element type that cannot be read.</exception>
    public static NpyValue Read(Stream stream, long length, string path)
    {
        var header = NpyHeader.Read(stream, length, path, out var dataLength);
        var type = NpyDescr.FindType(header.Descr);
        var codePoints = NpyDescr.FindText(header.Descr);
        if (type is null && codePoints is null)
        {
            throw InvalidFile.Error(
                path, $"has the element type {InvalidFile.Quote(header.Descr)}, which cannot be read",
                "save it as |b1, |u1, |i1, <i2, <i4, <i8, <f2, <f4, <f8 or <U");
        }

        var elementSize = type?.ElementSize() ?? (codePoints!.Value * sizeof(int));
        if (!ShapeSize.TryGetBytes(header.Shape, elementSize, out var bytes) || bytes != dataLength)
        {
            throw InvalidFile.Error(
                path, $"holds {dataLength} bytes of data, which is not {header.Descr} {ShapeSize.Format(header.Shape)}",
                "the file was cut or damaged, copy or download it again");
        }

        if (bytes > Array.MaxLength)
        {
            throw InvalidFile.Error(path, $"holds an array of {bytes} bytes, more than 2 GB", "split it");
        }

        if (type is null && bytes > LargestText)
        {
            throw InvalidFile.Error(path, $"holds {bytes} bytes of text, more than {LargestText}", "check that this is the file you meant");
        }

        var data = GC.AllocateUninitializedArray<byte>((int)bytes);
        if (stream.ReadAtLeast(data, data.Length, throwOnEndOfStream: false) < data.Length)
        {
            throw InvalidFile.Error(path, "ends within the array", "copy or download it again");
        }

        if (type == ScalarType.Bool)
        {
            BooleanBytes.Check(path, "the array", data);
        }

        if (header.FortranOrder)
        {
            data = FortranOrder.ToRowMajor(data, header.Shape, elementSize);
        }

        return type is { } number
            ? new NpyArray(number, header.Shape, data)
            : new NpyStrings(header.Shape, Decode(path, data, elementSize));
    }

    /// <summary>Writes an array in version 1.0 and C order.</summary>
    public static void Write(Stream stream, NpyValue value)
    {
        if (value is NpyArray array)
        {
            stream.Write(new NpyHeader(NpyDescr.Of(array.Type), FortranOrder: false, array.Shape).ToBytes());
            stream.Write(array.Data);
            return;
        }

        var strings = (NpyStrings)value;
        var row = new byte[Math.Max(sizeof(int), strings.Values.Select(s_utf32.GetByteCount).DefaultIfEmpty().Max())];
        stream.Write(new NpyHeader(NpyDescr.OfText(row.Length / sizeof(int)), FortranOrder: false, strings.Shape).ToBytes());
        foreach (var text in strings.Values)
        {
            row.AsSpan(s_utf32.GetBytes(text, row)).Clear();
            stream.Write(row);
        }
    }

    private static string[] Decode(string path, ReadOnlySpan<byte> data, int elementSize)
    {
        var values = new string[data.Length / elementSize];
        for (var i = 0; i < values.Length; i++)
        {
            var element = data.Slice(i * elementSize, elementSize);
            var end = element.LastIndexOfAnyExcept((byte)0) + 1;
            try
            {
                values[i] = s_utf32.GetString(element[..((end + sizeof(int) - 1) / sizeof(int) * sizeof(int))]);
            }
            catch (DecoderFallbackException e)
            {
                throw InvalidFile.Error(
                    path, $"string {i} is no valid Unicode", "the file is damaged, copy or download it again", e);
            }
        }

        return values;
    }
}
