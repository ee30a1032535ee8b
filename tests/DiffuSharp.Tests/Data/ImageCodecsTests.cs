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

    [CodecsFact]
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

    [CodecsFact]
    public void LosslessFormatsDecodeToTheirPixelsInRgbOrder()
    {
        foreach (var file in new[] { Bmp, Tiff, WebP })
        {
            var image = ImageCodecs.Decode(Convert.FromBase64String(file), "test");
            image.ToString().ShouldBe("4x2 RGB, 8-bit");
            image.Samples.ShouldBe(s_fourByTwo);
        }
    }

    [CodecsFact]
    public void PngOfFewBitsPalettesAndGreyWithAlphaAreExpanded()
    {
        var oneBit = ImageCodecs.Decode(Convert.FromBase64String(OneBitPng), "test");
        oneBit.Channels.ShouldBe(1);
        oneBit.Samples.ShouldBe([255, 0, 255, 255, 0, 0, 255, 0]);
        ImageCodecs.Decode(Convert.FromBase64String(PalettePng), "test").Samples.ShouldBe([255, 0, 0, 10, 20, 30, 0, 0, 255, 10, 20, 30]);
        var greyAlpha = ImageCodecs.Decode(Convert.FromBase64String(GreyAlphaPng), "test");
        greyAlpha.Samples.ShouldBe([100, 100, 100, 255, 100, 100, 100, 0, 0, 0, 0, 128]);
    }

    [CodecsFact]
    public void SixteenBitSamplesArriveInTheMachinesOrder() =>
        ImageCodecs.Decode(Convert.FromBase64String(Rgb16Png), "test").Samples16.ToArray()
            .ShouldBe([(ushort)0, (ushort)257, (ushort)65535, (ushort)1000, (ushort)30000, (ushort)65000]);

    [CodecsFact]
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

    [CodecsFact]
    public void AJpegWithoutItsEndIsRefused()
    {
        var jpeg = Convert.FromBase64String(TestJpeg.EightByEight);
        var image = ImageCodecs.Decode(jpeg, "cat.jpg");
        image.ToString().ShouldBe("8x8 RGB, 8-bit");
        image.Samples[0].ShouldBeInRange((byte)195, (byte)205);
        image.Samples[2].ShouldBeInRange((byte)45, (byte)55);
        Should.Throw<InvalidDataException>(() => ImageCodecs.Decode(jpeg.AsSpan(0, jpeg.Length - 6), "cat.jpg")).Message.ShouldContain("truncated JPEG");
    }

    [CodecsFact]
    public void DescriptionNamesOpenCvAndPng()
    {
        ImageCodecs.Description.ShouldStartWith("OpenCV ");
        ImageCodecs.Description.ShouldContain("png");
    }

    [Fact]
    public void AFolderWithoutTheLibraryLoadsNothing()
    {
        using var folder = new TemporaryFolder();
        CodecsLibrary.Load([folder.Path]).ShouldBe(0);
    }
}
