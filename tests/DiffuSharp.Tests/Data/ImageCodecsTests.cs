using DiffuSharp.Data;

namespace DiffuSharp.Tests.Data;

public class ImageCodecsTests
{
    private static readonly byte[] s_fourByTwo =
        [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 10, 20, 30, 200, 100, 50, 128, 128, 128];

    private const string Bmp =
        "Qk1OAAAAAAAAADYAAAAoAAAABAAAAAIAAAABABgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAHhQKMmTIgICAAAD/AP8A/wAA////";

    private const string Tiff =
        "SUkqACAAAACAP8AAAAwKCP+EQOBgoKB5fFAKLgOE6AgMAAABAwABAAAABAAAAAEBAwABAAAAAgAAAAIBAwADAAAAtgAAAAMBAwABAAAABQAAAA"
        + "YBAwABAAAAAgAAABEBBAABAAAACAAAABUBAwABAAAAAwAAABYBAwABAAAAAgAAABcBBAABAAAAGAAAABwBAwABAAAAAQAAAD0BAwABAAAAAgAA"
        + "AFMBAwADAAAAvAAAAAAAAAAIAAgACAABAAEAAQA=";

    private const string WebP = "UklGRkYAAABXRUJQVlA4TDoAAAAvA0AAAD9AFmCyIPqCyl9mGmTCEPv17+JSDZmAxXTwa6R/m81/gJAih9TMV+tBIEDGYpQ4UCOi/4EN";

    private const string OneBitPng = "iVBORw0KGgoAAAANSUhEUgAAAAgAAAABAQAAAADLe9LuAAAACklEQVR42mPYBAAAtACziZDNLwAAAABJRU5ErkJggg==";

    private const string PalettePng =
        "iVBORw0KGgoAAAANSUhEUgAAAAQAAAABCAMAAADO4v//AAAACVBMVEX/AAAKFB4AAP9jEziOAAAADUlEQVR42mNgYGRiBAAADQAF+5KfNAAAAABJRU5ErkJggg==";

    private const string GreyAlphaPng =
        "iVBORw0KGgoAAAANSUhEUgAAAAMAAAABCAQAAACx6dw/AAAAD0lEQVR42mNI+Z/CwNAAAAlqAkjzIeWUAAAAAElFTkSuQmCC";

    private const string Rgb16Png =
        "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABEAIAAAAr0DSeAAAAFUlEQVR42mNgYGBk/P+f+UWpwd8XABjxBXbOs/AfAAAAAElFTkSuQmCC";

    [Fact]
    public void PngKeepsDepthChannelsAndEverySample()
    {
        foreach (var channels in new[] { 1, 3, 4 })
        {
            foreach (var bits in new[] { 8, 16 })
            {
                var image = TestImages.Random(7, 5, channels, bits);
                var back = ImageCodecs.Decode(ImageCodecs.EncodePng(image, level: 0), "test");
                back.ToString().ShouldBe(image.ToString());
                back.Samples.ShouldBe(image.Samples);
            }
        }
    }

    [Fact]
    public void LosslessFormatsDecodeToTheirPixelsInRgbOrder()
    {
        foreach (var file in new[] { Bmp, WebP })
        {
            var image = ImageCodecs.Decode(Convert.FromBase64String(file), "test");
            image.ToString().ShouldBe("4x2 RGB, 8-bit");
            image.Samples.ShouldBe(s_fourByTwo);
        }
    }

    [Fact]
    public void PngOfFewBitsPalettesAndGreyWithAlphaAreExpanded()
    {
        var oneBit = ImageCodecs.Decode(Convert.FromBase64String(OneBitPng), "test");
        oneBit.Channels.ShouldBe(1);
        oneBit.Samples.ShouldBe([255, 0, 255, 255, 0, 0, 255, 0]);
        ImageCodecs.Decode(Convert.FromBase64String(PalettePng), "test").Samples.ShouldBe([255, 0, 0, 10, 20, 30, 0, 0, 255, 10, 20, 30]);
        var greyAlpha = ImageCodecs.Decode(Convert.FromBase64String(GreyAlphaPng), "test");
        greyAlpha.Samples.ShouldBe([100, 100, 100, 255, 100, 100, 100, 0, 0, 0, 0, 128]);
    }

    [Fact]
    public void SixteenBitSamplesArriveInTheMachinesOrder() =>
        ImageCodecs.Decode(Convert.FromBase64String(Rgb16Png), "test").Samples16.ToArray()
            .ShouldBe([(ushort)0, (ushort)257, (ushort)65535, (ushort)1000, (ushort)30000, (ushort)65000]);

    [Fact]
    public void ATruncatedPngIsRefusedAtEveryLength()
    {
        var png = TestImages.Png(9, 7, 3);
        for (var length = 0; length < png.Length - 12; length += 5)
        {
            var e = Should.Throw<InvalidDataException>(() => ImageCodecs.Decode(png.AsSpan(0, length), "some/cat.png"));
            e.Message.ShouldStartWith("some/cat.png: ");
            e.Message.ShouldNotContain("\n");
        }
    }

    [Fact]
    public void AJpegWithoutItsEndIsRefused()
    {
        var jpeg = Convert.FromBase64String(TestJpeg.EightByEight);
        var image = ImageCodecs.Decode(jpeg, "cat.jpg");
        image.ToString().ShouldBe("8x8 RGB, 8-bit");
        image.Samples[0].ShouldBeInRange((byte)195, (byte)205);
        image.Samples[2].ShouldBeInRange((byte)45, (byte)55);
        Should.Throw<InvalidDataException>(() => ImageCodecs.Decode(jpeg.AsSpan(0, jpeg.Length - 6), "cat.jpg")).Message.ShouldContain("truncated JPEG");
    }

    [Fact]
    public void AnEndMarkerOfAThumbnailDoesNotMakeACutJpegWhole()
    {
        var jpeg = Convert.FromBase64String(TestJpeg.EightByEight);
        byte[] segment = [0xff, 0xe2, (byte)((jpeg.Length + 2) >> 8), (byte)(jpeg.Length + 2), .. jpeg];
        byte[] whole = [.. jpeg[..2], .. segment, .. jpeg[2..]];
        ImageCodecs.Decode(whole, "cat.jpg").Samples.ShouldBe(ImageCodecs.Decode(jpeg, "cat.jpg").Samples);
        for (var length = segment.Length + 2; length < whole.Length - 1; length += 7)
        {
            Should.Throw<InvalidDataException>(() => ImageCodecs.Decode(whole.AsSpan(0, length), "cat.jpg")).Message.ShouldContain("truncated JPEG");
        }
    }

    [Fact]
    public void GifKeepsItsTransparency()
    {
        var image = ImageCodecs.Decode(Convert.FromBase64String("R0lGODlhAgABAPAAAP8AAAAAACH5BAEAAAEALAAAAAACAAEAAAICRAoAOw=="), "cat.gif");
        image.ToString().ShouldBe("2x1 RGBA, 8-bit");
        image.Samples[..4].ShouldBe([255, 0, 0, 255]);
        image.Samples[7].ShouldBe((byte)0);
    }

    [Theory]
    [InlineData("II*\0\b\0\0\0", "TIFF")]
    [InlineData("<VRTDataset rasterXSize=\"1\" rasterYSize=\"1\"><VRTRasterBand/></VRTDataset>", "a file that names another")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\"><image href=\"/etc/passwd\"/></svg>", "a picture that names another")]
    [InlineData("P3\n1 1\n255\n1 2 3\n", "text")]
    [InlineData("", "empty")]
    public void WhatIsNoImageOfAKnownFormatIsRefusedWhateverItsName(string content, string what)
    {
        foreach (var name in new[] { "a.png", "a.jpg", "a.tif" })
        {
            Should.Throw<InvalidDataException>(() => ImageCodecs.Decode(System.Text.Encoding.Latin1.GetBytes(content), name), what)
                .Message.ShouldStartWith($"{name}: is ");
        }
    }

    [Fact]
    public void AHeaderThatClaimsMorePixelsThanTheFileCouldHoldIsRefusedBeforeMemoryIsTaken()
    {
        var jpeg = Convert.FromBase64String(TestJpeg.EightByEight);
        var frame = jpeg.AsSpan().IndexOf<byte>([0xff, 0xc0]);
        jpeg.AsSpan(frame + 5, 4).Fill(0xf0);
        var webp = Convert.FromBase64String(WebP);
        webp.AsSpan(21, 3).Fill(0xff);
        var bmp = Convert.FromBase64String(Bmp);
        bmp[20] = bmp[24] = 0x7f;
        bmp[19] = bmp[23] = 0xff;
        foreach (var file in new[] { jpeg, webp, bmp })
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Should.Throw<InvalidDataException>(() => ImageCodecs.Decode(file, "bomb"));
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
        }
    }

    [Theory]
    [InlineData(1, "ABCDEF", 3)]
    [InlineData(2, "CBAFED", 3)]
    [InlineData(3, "FEDCBA", 3)]
    [InlineData(4, "DEFABC", 3)]
    [InlineData(5, "ADBECF", 2)]
    [InlineData(6, "DAEBFC", 2)]
    [InlineData(7, "FCEBDA", 2)]
    [InlineData(8, "CFBEAD", 2)]
    public void ExifOrientationIsApplied(byte orientation, string upright, int width)
    {
        var png = ImageCodecs.EncodePng(new RawImage(3, 2, 1, 8, [.. "ABCDEF"u8]));
        var image = ImageCodecs.Decode(PngChunks.WithChunk(png, PngChunks.Chunk("eXIf", Exif(orientation))), "cat.png");
        image.Width.ShouldBe(width);
        System.Text.Encoding.ASCII.GetString(image.Samples).ShouldBe(upright);
    }

    [Fact]
    public void ExifOrientationOfAJpegIsApplied()
    {
        var jpeg = Convert.FromBase64String(TestJpeg.EightByEight);
        byte[] exif = [.. "Exif\0\0"u8, .. Exif(3)];
        byte[] turned = [.. jpeg[..2], 0xff, 0xe1, 0, (byte)(exif.Length + 2), .. exif, .. jpeg[2..]];
        var image = ImageCodecs.Decode(jpeg, "cat.jpg");
        ImageCodecs.Decode(turned, "cat.jpg").Samples.Chunk(3).Reverse().SelectMany(pixel => pixel).ShouldBe(image.Samples);
    }

    [Fact]
    public void WrittenPngsAreReadAlikeBySkia()
    {
        foreach (var (channels, level) in new[] { (1, 0), (1, 9), (3, 1), (3, 6), (4, 9) })
        {
            var image = TestImages.Random(13, 9, channels);
            using var skia = SkiaSharp.SKBitmap.Decode(ImageCodecs.EncodePng(image, level), new SkiaSharp.SKImageInfo(
                13, 9, SkiaSharp.SKColorType.Rgba8888, SkiaSharp.SKAlphaType.Unpremul));
            var stored = skia.Bytes.Chunk(4).SelectMany(pixel => channels == 1 ? pixel[..1] : pixel[..channels]);
            stored.ShouldBe(image.Samples);
        }
    }

    private static byte[] Exif(byte orientation) =>
        [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
}
