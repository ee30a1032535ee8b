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
    public void What_is_wrong_is_said(string name, byte[] file, string because) =>
        Should.Throw<InvalidDataException>(() => PngFile.Decode(file, "cat.png"), name)
            .Message.ShouldStartWith($"cat.png: the PNG {because}");

    [Fact]
    public void A_mutated_file_with_right_checksums_is_decoded_or_refused() =>
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

    [Fact]
    public void Chunks_that_do_not_concern_the_pixels_are_passed_over()
    {
        var chatty = PngChunks.WithChunk(s_png, PngChunks.Chunk("iCCP", 1, 2, 3));
        ImageCodecs.Decode(chatty, "cat.png").Samples.ShouldBe(ImageCodecs.Decode(s_png, "cat.png").Samples);
        ImageCodecs.Decode([.. Palette(), 1, 2, 3], "cat.png").Samples.ShouldBe([255, 0, 0, 10, 20, 30, 0, 0, 255, 10, 20, 30]);
    }

    [Fact]
    public void Interlaced_rows_are_counted_pass_by_pass()
    {
        // 5x3 grey pixels 0, 1, 2, ...; one row after the other with its filter, 0.
        byte[] passes = [0, 0, 0, 4, 0, 2, 0, 10, 12, 14, 0, 1, 3, 0, 11, 13, 0, 5, 6, 7, 8, 9];

        ImageCodecs.Decode(Interlaced(passes), "cat.png").Samples.ShouldBe([.. Enumerable.Range(0, 15).Select(i => (byte)i)]);
        Should.Throw<InvalidDataException>(() => ImageCodecs.Decode(Interlaced(passes[..^1]), "cat.png")).Message.ShouldContain("fewer pixels");
    }

    [Theory]
    [InlineData(8, 0, 1)]
    [InlineData(8, 2, 3)]
    [InlineData(8, 6, 4)]
    [InlineData(16, 0, 2)]
    [InlineData(16, 2, 6)]
    [InlineData(16, 6, 8)]
    public void Every_filter_is_undone_exactly(byte depth, byte colourType, int pixelBytes)
    {
        // As many rows as there are filters, twice, each filtered by its own.
        var (count, length) = (10, 7 * pixelBytes);
        var samples = new byte[count * length];
        new Random(2).NextBytes(samples);
        var rows = new List<byte>();
        for (var y = 0; y < count; y++)
        {
            rows.Add((byte)(y % 5));
            for (var i = 0; i < length; i++)
            {
                var a = i < pixelBytes ? 0 : samples[(y * length) + i - pixelBytes];
                var b = y == 0 ? 0 : samples[((y - 1) * length) + i];
                var c = i < pixelBytes || y == 0 ? 0 : samples[((y - 1) * length) + i - pixelBytes];
                int[] predictions = [0, a, b, (a + b) / 2, new[] { a, b, c }.MinBy(value => Math.Abs(a + b - c - value))];
                rows.Add((byte)(samples[(y * length) + i] - predictions[y % 5]));
            }
        }

        var image = PngFile.Decode(Png([0, 0, 0, 7, 0, 0, 0, (byte)count, depth, colourType, 0, 0, 0], [.. rows]), "cat.png");

        image.BitDepth.ShouldBe(depth);
        var expected = depth == 8 ? samples : [.. samples.Chunk(2).SelectMany(two => BitConverter.GetBytes((ushort)((two[0] << 8) | two[1])))];
        image.Samples.ShouldBe(expected);
    }

    [Theory]
    [InlineData(1, new byte[] { 0, 0b1010_0000 }, new byte[] { 255, 0, 255 })]
    [InlineData(2, new byte[] { 0, 0b0001_1100 }, new byte[] { 0, 85, 255 })]
    [InlineData(4, new byte[] { 0, 0x0f, 0x30 }, new byte[] { 0, 255, 51 })]
    public void Grey_of_few_bits_is_spread_over_eight(byte depth, byte[] row, byte[] samples) =>
        PngFile.Decode(Png([0, 0, 0, 3, 0, 0, 0, 1, depth, 0, 0, 0, 0], row), "cat.png").Samples.ShouldBe(samples);

    [Fact]
    public void Grey_with_alpha_and_grey_with_a_transparent_value_become_rgba()
    {
        var alpha = Png([0, 0, 0, 2, 0, 0, 0, 1, 8, 4, 0, 0, 0], [0, 7, 100, 8, 255]);
        PngFile.Decode(alpha, "cat.png").Samples.ShouldBe([7, 7, 7, 100, 8, 8, 8, 255]);
        var value = PngChunks.WithChunk(Png([0, 0, 0, 2, 0, 0, 0, 1, 8, 0, 0, 0, 0], [0, 7, 8]), PngChunks.Chunk("tRNS", 0, 8));
        PngFile.Decode(value, "cat.png").Samples.ShouldBe([7, 7, 7, 255, 8, 8, 8, 0]);
    }

    [Theory]
    [InlineData(1, new byte[] { 0, 0b0101_0000 })]
    [InlineData(2, new byte[] { 0, 0b0001_0001 })]
    [InlineData(4, new byte[] { 0, 0x01, 0x01 })]
    [InlineData(8, new byte[] { 0, 0, 1, 0, 1 })]
    public void A_palette_of_any_depth_gives_its_colours_and_their_transparency(byte depth, byte[] row)
    {
        var opaque = PngChunks.WithChunk(Png([0, 0, 0, 4, 0, 0, 0, 1, depth, 3, 0, 0, 0], row), PngChunks.Chunk("PLTE", 1, 2, 3, 40, 50, 60));
        PngFile.Decode(opaque, "cat.png").Samples.ShouldBe([1, 2, 3, 40, 50, 60, 1, 2, 3, 40, 50, 60]);
        var bare = PngChunks.WithChunk(Png([0, 0, 0, 4, 0, 0, 0, 1, depth, 3, 0, 0, 0], row), PngChunks.Chunk("tRNS", 9));
        var clear = PngChunks.WithChunk(bare, PngChunks.Chunk("PLTE", 1, 2, 3, 40, 50, 60));
        PngFile.Decode(clear, "cat.png").Samples.ShouldBe([1, 2, 3, 9, 40, 50, 60, 255, 1, 2, 3, 9, 40, 50, 60, 255]);
    }

    [Fact]
    public void A_pixel_beyond_the_palette_is_refused()
    {
        var file = PngChunks.WithChunk(Png([0, 0, 0, 1, 0, 0, 0, 1, 8, 3, 0, 0, 0], [0, 2]), PngChunks.Chunk("PLTE", 1, 2, 3, 40, 50, 60));
        Should.Throw<InvalidDataException>(() => PngFile.Decode(file, "cat.png")).Message.ShouldStartWith("cat.png: the PNG has a pixel beyond its palette");
    }

    [Fact]
    public void Sixteen_bits_keep_their_values_with_every_kind_of_transparency()
    {
        var greyAlpha = Png([0, 0, 0, 1, 0, 0, 0, 1, 16, 4, 0, 0, 0], [0, 0x12, 0x34, 0xab, 0xcd]);
        Words(greyAlpha).ShouldBe([0x1234, 0x1234, 0x1234, 0xabcd]);
        var rgb = Png([0, 0, 0, 2, 0, 0, 0, 1, 16, 2, 0, 0, 0], [0, 0, 1, 0, 2, 0, 3, 0, 1, 0, 2, 0, 4]);
        Words(PngChunks.WithChunk(rgb, PngChunks.Chunk("tRNS", 0, 1, 0, 2, 0, 3))).ShouldBe([1, 2, 3, 0, 1, 2, 4, 65535]);

        static int[] Words(byte[] file) => [.. PngFile.Decode(file, "cat.png").Samples.Chunk(2).Select(two => (int)BitConverter.ToUInt16(two))];
    }

    [Fact]
    public void A_header_that_promises_more_than_the_file_can_hold_is_refused_before_memory_is_taken()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var huge = Png([0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff, 8, 2, 0, 0, 0], [0, 1, 2, 3]);
        Should.Throw<InvalidDataException>(() => PngFile.Decode(huge, "cat.png")).Message.ShouldContain("claims 65535x65535 pixels");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
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
