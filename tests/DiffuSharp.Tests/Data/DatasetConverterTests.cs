using System.IO.Compression;
using DiffuSharp.Data;

namespace DiffuSharp.Tests.Data;

public class DatasetConverterTests
{
    [Fact]
    public void ClassFoldersBecomeAStoredZipWithLabelsAndNames()
    {
        using var folder = new TemporaryFolder();
        folder.Write("s/cat/1.png", TestImages.Png(5, 3, 3, seed: 1));
        folder.Write("s/dog/1.png", TestImages.Png(5, 3, 3, seed: 2));
        var report = DatasetConverter.Convert(folder["s"], folder["a.zip"]);
        (report.Images, report.Shape, report.LabelCount).ShouldBe((2, new ImageShape(3, 3, 5), 2));
        report.Explain().ShouldBe(["2 images of 3x3x5 written, with labels of length 2", "every pixel is kept"]);
        using (var zip = ZipFile.OpenRead(folder["a.zip"]))
        {
            zip.Entries.Select(e => e.FullName).ShouldBe(["00000/img00000000.png", "00000/img00000001.png", "dataset.json"]);
            zip.Entries.ShouldAllBe(e => e.CompressedLength == e.Length);
        }

        using var set = ImageDataset.Open(folder["a.zip"], new() { Labels = LabelUse.Required });
        set.LabelNames.ShouldBe(["cat", "dog"]);
        TestImages.Label(set, 1).ShouldBe([0f, 1f]);
        TestImages.Planes(set, 1).ShouldBe(PixelConversion.ToImage(TestImages.Random(5, 3, 3, seed: 2), out _).Pixels);
    }

    [Fact]
    public void ConvertingTwiceGivesTheSameBytes()
    {
        using var folder = new TemporaryFolder();
        folder.Write("s/1.png", TestImages.Png(5, 3, 3));
        DatasetConverter.Convert(folder["s"], folder["a.zip"]);
        DatasetConverter.Convert(folder["a.zip"], folder["b.zip"]);
        File.ReadAllBytes(folder["b.zip"]).ShouldBe(File.ReadAllBytes(folder["a.zip"]));
    }

    [Fact]
    public void IdxBecomesAFolderThatReadsTheSame()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("x-images-idx3-ubyte", TestImages.Idx([2, 1, 3], [1, 2, 3, 4, 5, 6]));
        folder.Write("x-labels-idx1-ubyte", TestImages.Idx([2], [2, 0]));
        DatasetConverter.Convert(path, folder["out"]).Images.ShouldBe(2);
        using var set = ImageDataset.Open(folder["out"]);
        TestImages.Planes(set, 1).ShouldBe([4, 5, 6]);
        TestImages.Label(set, 0).ShouldBe([0f, 0f, 1f]);
    }

    [Fact]
    public void EveryChangeIsCountedAndExplained()
    {
        using var folder = new TemporaryFolder();
        folder.Write("s/a.png", TestImages.Png(8, 8, 3));
        folder.Write("s/b.png", TestImages.Png(8, 8, 4));
        folder.Write("s/c.png", TestImages.Png(8, 8, 1, bitDepth: 16));
        folder.Write("s/d.png", TestImages.Png(20, 16, 3));
        folder.Write("s/e.png", TestImages.Png(4, 4, 1));
        folder.Write("s/f.jpg", Convert.FromBase64String(TestJpeg.EightByEight));
        var report = DatasetConverter.Convert(folder["s"], folder["a.zip"], new()
        {
            Width = 8, Height = 8, Transform = DatasetTransform.CenterCrop, Channels = ChannelChoice.Rgb,
        });
        report.Images.ShouldBe(6);
        report.Changes.ShouldBe(new Dictionary<ImageChanges, int>
        {
            [ImageChanges.DepthReduced] = 1,
            [ImageChanges.AlphaComposited] = 1,
            [ImageChanges.GreyRepeated] = 2,
            [ImageChanges.Cropped] = 1,
            [ImageChanges.Shrunk] = 1,
            [ImageChanges.Enlarged] = 1,
        }, ignoreOrder: true);
        report.Explain().Count.ShouldBe(7);
    }

    [Fact]
    public void GreyStaysGreyAndNonSquareStaysNonSquare()
    {
        using var folder = new TemporaryFolder();
        folder.Write("s/a.png", TestImages.Png(7, 3, 1));
        DatasetConverter.Convert(folder["s"], folder["a.zip"]).Shape.ShouldBe(new ImageShape(1, 3, 7));
    }

    [Fact]
    public void MixedSizesOrChannelsAreRefusedAndNothingIsLeft()
    {
        using var folder = new TemporaryFolder();
        folder.Write("s/a.png", TestImages.Png(7, 3, 1));
        folder.Write("s/b.png", TestImages.Png(7, 4, 1));
        folder.Write("t/a.png", TestImages.Png(7, 3, 1));
        folder.Write("t/b.png", TestImages.Png(7, 3, 3));
        foreach (var target in new[] { "out", "out.zip" })
        {
            Should.Throw<InvalidDataException>(() => DatasetConverter.Convert(folder["s"], folder[target])).Message.ShouldContain("give a resolution");
            Should.Throw<InvalidDataException>(() => DatasetConverter.Convert(folder["t"], folder[target])).Message.ShouldContain("all to RGB");
        }

        folder.Entries.ShouldBe(["s", "t"]);
    }

    [Fact]
    public void ACorruptImageOrCancellationLeavesNothing()
    {
        using var folder = new TemporaryFolder();
        folder.Write("s/a.png", TestImages.Png(7, 3, 1));
        folder.Write("s/b.png", [.. TestImages.Png(7, 3, 1).Take(50)]);
        Should.Throw<InvalidDataException>(() => DatasetConverter.Convert(folder["s"], folder["out.zip"])).Message.ShouldStartWith($"{folder["s"]}/b.png");
        Should.Throw<OperationCanceledException>(
            () => DatasetConverter.Convert(folder["s"], folder["out"], cancellationToken: new CancellationToken(canceled: true)));
        folder.Entries.ShouldBe(["s"]);
    }

    [Fact]
    public void AFolderThatHoldsSomethingIsNotOverwritten()
    {
        using var folder = new TemporaryFolder();
        folder.Write("s/a.png", TestImages.Png(7, 3, 1));
        folder.Write("out/mine.txt", [1]);
        Should.Throw<InvalidInputException>(() => DatasetConverter.Convert(folder["s"], folder["out"]));
        File.Exists(folder["out/mine.txt"]).ShouldBeTrue();
    }

    [Fact]
    public void MaxImagesTakesTheFirst()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in new[] { "b", "a", "c" })
        {
            folder.Write($"s/{name}.png", TestImages.Png(2, 2, 1, seed: name[0]));
        }

        DatasetConverter.Convert(folder["s"], folder["a.zip"], new() { MaxImages = 2 });
        using var set = ImageDataset.Open(folder["a.zip"]);
        set.Count.ShouldBe(2);
        TestImages.Planes(set, 1).ShouldBe(TestImages.Random(2, 2, 1, seed: 'b').Samples);
    }

    [Fact]
    public void TransformsCutTheCentre()
    {
        var columns = new Image(new ImageShape(1, 4, 8), [.. Enumerable.Range(0, 32).Select(i => (byte)(i % 8))]);
        var changes = ImageChanges.None;
        var square = ImageTransform.Apply(columns, DatasetTransform.CenterCrop, 4, 4, ref changes).ShouldNotBeNull();
        square.Pixels.AsSpan(0, 4).ToArray().ShouldBe([2, 3, 4, 5]);
        changes.ShouldBe(ImageChanges.Cropped);

        var halved = ImageTransform.Apply(Flat(1, 20, 33, 9), DatasetTransform.CenterCropDhariwal, 8, 8, ref changes).ShouldNotBeNull();
        halved.Shape.ShouldBe(new ImageShape(1, 8, 8));
        halved.Pixels.ShouldAllBe(v => v == 9);

        changes = ImageChanges.None;
        var wide = ImageTransform.Apply(Flat(1, 16, 16, 9), DatasetTransform.CenterCropWide, 4, 8, ref changes).ShouldNotBeNull();
        wide.Shape.ShouldBe(new ImageShape(1, 8, 8));
        wide.Pixels.Chunk(8).Select(row => (int)row[3]).ShouldBe([0, 0, 9, 9, 9, 9, 0, 0]);
        changes.ShouldBe(ImageChanges.Cropped | ImageChanges.Shrunk | ImageChanges.Letterboxed);
        ImageTransform.Apply(Flat(1, 3, 8, 9), DatasetTransform.CenterCropWide, 4, 8, ref changes).ShouldBeNull();
    }

    [Fact]
    public void ContradictoryOptionsAreRefused()
    {
        Should.Throw<InvalidInputException>(() => new DatasetConverterOptions { Width = 8 }.Validate());
        Should.Throw<InvalidInputException>(() => new DatasetConverterOptions { Transform = DatasetTransform.CenterCrop }.Validate());
        Should.Throw<InvalidInputException>(() => new DatasetConverterOptions
        {
            Width = 8, Height = 4, Transform = DatasetTransform.CenterCropDhariwal,
        }.Validate());
        Should.Throw<InvalidInputException>(() => new DatasetConverterOptions { MaxImages = 0 }.Validate());
    }

    private static Image Flat(int channels, int height, int width, byte value) =>
        new(new ImageShape(channels, height, width), [.. Enumerable.Repeat(value, channels * height * width)]);
}
