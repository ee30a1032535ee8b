using System.IO.Compression;
using DiffuSharp.Data;
using FsCheck;
using FsCheck.Fluent;

namespace DiffuSharp.Tests.Data;

public class PngFileTests
{
    private const string PalettePng =
        "iVBORw0KGgoAAAANSUhEUgAAAAQAAAABCAMAAADO4v//AAAACVBMVEX/AAAKFB4AAP9jEziOAAAADUlEQVR42mNgYGRiBAAADQAF+5KfNAAAAABJRU5ErkJggg==";

    // 9x7 RGB.
    private static readonly byte[] s_png = Png([0, 0, 0, 9, 0, 0, 0, 7, 8, 2, 0, 0, 0], NoiseRows(7, 27));

    // libpng prints a line of its own for each of these.
    public static TheoryData<string, byte[], string> Corruptions => new()
    {
        { "flipped pixel data", Changed(60), "is corrupt (wrong checksum)" },
        { "broken compression", PngChunks.WithChecksums(Changed(41)), "is corrupt (its pixels cannot be decompressed)" },
        { "broken end of the pixels", PngChunks.WithChecksums(Changed(s_png.Length - 21, 0x89)), "has more pixels than the 9x7 of its header" },
        { "larger than its pixels", PngChunks.WithChecksums(Changed(22)), "has fewer pixels than the 9x65287 of its header" },
        { "unknown compression", PngChunks.WithChecksums(Changed(26)), "has a header that no PNG can have" },
        { "no header", [.. s_png[..8], .. s_png[33..]], "does not begin with its header" },
        { "two headers", PngChunks.WithChunk(s_png, s_png[8..33]), "has a chunk that is unknown or in the wrong place" },
        { "unknown critical chunk", PngChunks.WithChunk(s_png, PngChunks.Chunk("ABCD", 1, 2)), "has a chunk that is unknown or in the wrong place" },
        { "no palette", [.. Palette()[..33], .. Palette()[54..]], "has no palette" },
        { "cut", s_png[..^1], "is truncated" },
        { "signature alone", s_png[..8], "is truncated" },
    };

    [Theory]
    [MemberData(nameof(Corruptions))]
    public void What_is_wrong_is_said_before_libpng_sees_it(string name, byte[] file, string because) =>
        Should.Throw<InvalidDataException>(() => PngFile.Essential(file, "cat.png"), name)
            .Message.ShouldStartWith($"cat.png: the PNG {because}");

    [CodecsFact]
    public void A_mutated_file_with_right_checksums_is_decoded_or_refused_before_libpng_sees_it() =>
        Prop.ForAll(Mutation.Of(s_png), mutated =>
        {
            var file = PngChunks.WithChecksums(mutated);
            if (!PngFile.Recognises(file))
            {
                return; // an unknown format
            }

            try
            {
                ImageCodecs.Decode(file, "cat.png");
            }
            catch (InvalidDataException error)
            {
                error.Message.ShouldStartWith("cat.png: the PNG ");
            }
        }).QuickCheckThrowOnFailure();

    [CodecsFact]
    public void Chunks_that_do_not_concern_the_pixels_are_left_out()
    {
        var chatty = PngChunks.WithChunk(s_png, PngChunks.Chunk("iCCP", 1, 2, 3));
        PngFile.Essential(chatty, "cat.png").ShouldBe(s_png);
        ImageCodecs.Decode(chatty, "cat.png").Samples.ShouldBe(ImageCodecs.Decode(s_png, "cat.png").Samples);
        PngFile.Essential([.. Palette(), 1, 2, 3], "cat.png").ShouldBe(Palette());
    }

    [CodecsFact]
    public void Interlaced_rows_are_counted_pass_by_pass()
    {
        // 5x3 grey pixels 0, 1, 2, ...; one row after the other with its filter, 0.
        byte[] passes = [0, 0, 0, 4, 0, 2, 0, 10, 12, 14, 0, 1, 3, 0, 11, 13, 0, 5, 6, 7, 8, 9];

        ImageCodecs.Decode(Interlaced(passes), "cat.png").Samples.ShouldBe([.. Enumerable.Range(0, 15).Select(i => (byte)i)]);
        Should.Throw<InvalidDataException>(() => ImageCodecs.Decode(Interlaced(passes[..^1]), "cat.png")).Message.ShouldContain("fewer pixels");
    }

    private static byte[] Interlaced(byte[] passes) => Png([0, 0, 0, 5, 0, 0, 0, 3, 8, 0, 0, 0, 1], passes);

    private static byte[] Png(byte[] header, byte[] rows)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Fastest))
        {
            zlib.Write(rows);
        }

        byte[] signature = [0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1a, (byte)'\n'];
        return [.. signature, .. PngChunks.Chunk("IHDR", header), .. PngChunks.Chunk("IDAT", compressed.ToArray()), .. PngChunks.Chunk("IEND")];
    }

    // Each row begins with its filter, 0 for none.
    private static byte[] NoiseRows(int count, int bytes)
    {
        var random = new Random(1);
        var rows = new byte[count * (bytes + 1)];
        random.NextBytes(rows);
        for (var row = 0; row < count; row++)
        {
            rows[row * (bytes + 1)] = 0;
        }

        return rows;
    }

    private static byte[] Palette() => Convert.FromBase64String(PalettePng);

    private static byte[] Changed(int at, byte bits = 0xff)
    {
        byte[] file = [.. s_png];
        file[at] ^= bits;
        return file;
    }
}
