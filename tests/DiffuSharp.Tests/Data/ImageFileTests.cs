using DiffuSharp.Data;

namespace DiffuSharp.Tests.Data;

public class ImageFileTests
{
    [Fact]
    public void PgmAndPpmRoundTripInBothDepthsWithoutNativeCode()
    {
        using var folder = new TemporaryFolder();
        foreach ((var name, var channels) in new[] { ("a.pgm", 1), ("a.ppm", 3) })
        {
            foreach (var bits in new[] { 8, 16 })
            {
                var image = TestImages.Random(5, 3, channels, bits);
                ImageFile.Write(folder[name], image);
                var back = ImageFile.ReadRaw(folder[name]);
                back.ToString().ShouldBe(image.ToString());
                back.Samples.ShouldBe(image.Samples);
            }
        }
    }

    [Fact]
    public void SixteenBitPgmIsBigEndianAndCommentsAreSkipped()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.pgm", [.. "P5 # grey\n2 1\n#x\n65535\n"u8, 1, 2, 255, 0]);
        ImageFile.ReadRaw(path).Samples16.ToArray().ShouldBe([(ushort)0x102, (ushort)0xff00]);
    }

    [Fact]
    public void TruncatedOrBrokenPpmNamesTheFile()
    {
        using var folder = new TemporaryFolder();
        foreach (var bad in new[] { "P6\n4 4\n255\n123"u8.ToArray(), "P6\n4"u8.ToArray(), "P6\nx 4 255 "u8.ToArray(), "P5\n2000000000 2000000000\n255\n1"u8.ToArray() })
        {
            var path = folder.Write("a.ppm", bad);
            Should.Throw<InvalidDataException>(() => ImageFile.Read(path)).Message.ShouldStartWith(path);
        }
    }

    [Fact]
    public void AMissingFileOrUnknownExtensionIsTheUsersError()
    {
        using var folder = new TemporaryFolder();
        Should.Throw<InvalidInputException>(() => ImageFile.Read(folder["none.png"]));
        Should.Throw<InvalidInputException>(() => ImageFile.Write(folder["a.gif"], TestImages.Random(2, 2, 3)));
        Should.Throw<InvalidInputException>(() => ImageFile.Write(folder["a.pgm"], TestImages.Random(2, 2, 3)));
        folder.Entries.ShouldBeEmpty();
    }

    [Fact]
    public void ReadingRoundsSixteenBitsAndCompositesAlphaOnWhite()
    {
        var deep = new RawImage(3, 1, 1, 16, new byte[6]);
        ((ushort[])[0, 128, 65535]).CopyTo(deep.Samples16);
        PixelConversion.ToImage(deep, out var changes).Pixels.ShouldBe([0, 0, 255]);
        changes.ShouldBe(ImageChanges.DepthReduced);
        ((ushort[])[129, 257, 65406]).CopyTo(deep.Samples16);
        PixelConversion.ToImage(deep, out _).Pixels.ShouldBe([1, 1, 254]);

        var alpha = new RawImage(2, 1, 4, 8, [10, 20, 30, 0, 10, 100, 30, 128]);
        PixelConversion.ToImage(alpha, out changes).Pixels.ShouldBe([255, 132, 255, 177, 255, 142]);
        changes.ShouldBe(ImageChanges.AlphaComposited);
        PixelConversion.ToImage(new RawImage(1, 1, 4, 8, [1, 2, 3, 255]), out changes).Pixels.ShouldBe([1, 2, 3]);
        changes.ShouldBe(ImageChanges.None);
    }

    [Fact]
    public void AnImageGridPutsImagesInRowsWithPaddingAround()
    {
        var one = new Image(new ImageShape(1, 1, 2), [1, 2]);
        var two = new Image(new ImageShape(1, 1, 2), [3, 4]);
        var three = new Image(new ImageShape(1, 1, 2), [5, 6]);
        ImageGrid.Compose([one, two, three], columns: 2).Pixels.ShouldBe([1, 2, 3, 4, 5, 6, 0, 0]);
        var padded = ImageGrid.Compose([one, two], columns: 2, padding: 2);
        padded.Shape.ShouldBe(new ImageShape(1, 5, 10));
        padded.Pixels.AsSpan(20, 10).ToArray().ShouldBe([0, 0, 1, 2, 0, 0, 3, 4, 0, 0]);
    }
}
