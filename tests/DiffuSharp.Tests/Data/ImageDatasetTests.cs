using System.IO.Compression;
using DiffuSharp.Data;

namespace DiffuSharp.Tests.Data;

public class ImageDatasetTests
{
    [Fact]
    public void FolderAndStoredAndDeflatedZipOfOneDataSetReadTheSame()
    {
        using var folder = new TemporaryFolder();
        WriteEdmFolder(folder, "set");
        ZipFile.CreateFromDirectory(folder["set"], folder["stored.zip"], CompressionLevel.NoCompression, includeBaseDirectory: false);
        ZipFile.CreateFromDirectory(folder["set"], folder["deflated.zip"], CompressionLevel.Optimal, includeBaseDirectory: false);
        foreach (var path in new[] { folder["set"], folder["stored.zip"], folder["deflated.zip"] })
        {
            using var set = ImageDataset.Open(path);
            (set.Count, set.Shape, set.LabelCount, set.LabelNames).ShouldBe((4, new ImageShape(3, 3, 5), 7, null));
            for (var i = 0; i < 4; i++)
            {
                set.FileName(i).ShouldBe($"00000/img0000000{i}.png");
                TestImages.Planes(set, i).ShouldBe(PixelConversion.ToImage(TestImages.Random(5, 3, 3, seed: i), out _).Pixels);
            }

            TestImages.Label(set, 1).ShouldBe([0f, 0f, 0f, 0f, 0f, 0f, 1f]);
            set.ReadImage(3, new byte[45]);
        }
    }

    [Fact]
    public void ListsOfFloatsAreVectorLabels()
    {
        using var folder = new TemporaryFolder();
        folder.Write("s/a.png", TestImages.Png(2, 2, 1));
        folder.Write("s/b.png", TestImages.Png(2, 2, 1));
        folder.Write("s/dataset.json", """{"labels": [["b.png", [3, 4]], ["a.png", [0.5, -2]]]}"""u8.ToArray());
        using var set = ImageDataset.Open(folder["s"]);
        TestImages.Label(set, 0).ShouldBe([0.5f, -2f]);
        TestImages.Label(set, 1).ShouldBe([3f, 4f]);
    }

    [Fact]
    public void TopLevelFoldersAreClassesUnlessTheyAreMereNumbering()
    {
        using var folder = new TemporaryFolder();
        folder.Write("s/dog/1.png", TestImages.Png(2, 2, 1));
        folder.Write("s/cat/deep/2.png", TestImages.Png(2, 2, 1));
        using (var set = ImageDataset.Open(folder["s"]))
        {
            set.LabelNames.ShouldBe(["cat", "dog"]);
            TestImages.Label(set, set.FileName(0) == "cat/deep/2.png" ? 0 : 1).ShouldBe([1f, 0f]);
        }

        folder.Write("n/000000/000000.png", TestImages.Png(2, 2, 1));
        folder.Write("n/001000/001000.png", TestImages.Png(2, 2, 1));
        using var numbered = ImageDataset.Open(folder["n"]);
        numbered.LabelCount.ShouldBe(0);
    }

    [Fact]
    public void RequiredLabelsThatAreAbsentAreTheUsersErrorAndIgnoredOnesAreGone()
    {
        using var folder = new TemporaryFolder();
        folder.Write("s/a.png", TestImages.Png(2, 2, 1));
        Should.Throw<InvalidInputException>(() => ImageDataset.Open(folder["s"], new() { Labels = LabelUse.Required }));
        WriteEdmFolder(folder, "set");
        using var set = ImageDataset.Open(folder["set"], new() { Labels = LabelUse.Ignored });
        set.LabelCount.ShouldBe(0);
    }

    [Fact]
    public void AnImageWithoutLabelIsNamedAndNotSilentlyUnconditional()
    {
        using var folder = new TemporaryFolder();
        WriteEdmFolder(folder, "set");
        folder.Write("set/00000/zzz.png", TestImages.Png(5, 3, 3));
        Should.Throw<InvalidDataException>(() => ImageDataset.Open(folder["set"])).Message.ShouldContain("00000/zzz.png");
    }

    [Fact]
    public void MirroringDoublesAndSubsetsFollowTheSeed()
    {
        using var folder = new TemporaryFolder();
        WriteEdmFolder(folder, "set");
        using var all = ImageDataset.Open(folder["set"]);
        using var set = ImageDataset.Open(folder["set"], new() { MaxSize = 2, Seed = 5, XFlip = true });
        set.Count.ShouldBe(4);
        var chosen = NumPyShuffle.Subset(4, 2, 5);
        for (var i = 0; i < 2; i++)
        {
            var image = TestImages.Planes(all, chosen[i]);
            TestImages.Planes(set, i).ShouldBe(image);
            TestImages.Planes(set, i + 2).ShouldBe([.. image.Chunk(5).SelectMany(row => row.Reverse())]);
            TestImages.Label(set, i + 2).ShouldBe(TestImages.Label(all, chosen[i]));
        }
    }

    [Fact]
    public void ReadsFromManyThreadsGiveTheSamePixels()
    {
        using var folder = new TemporaryFolder();
        for (var i = 0; i < 16; i++)
        {
            folder.Write($"set/{i:D2}.png", TestImages.Png(64, 64, 3, seed: i));
        }

        ZipFile.CreateFromDirectory(folder["set"], folder["a.zip"]);
        byte[][] expected = [.. Enumerable.Range(0, 16).Select(i => PixelConversion.ToImage(TestImages.Random(64, 64, 3, seed: i), out _).Pixels)];
        using var set = ImageDataset.Open(folder["a.zip"]);
        Parallel.For(0, 2000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            TestImages.Planes(set, i % 16).AsSpan().SequenceEqual(expected[i % 16]).ShouldBeTrue());
    }

    [Fact]
    public void OtherShapesDepthsAndAlphaAreRefusedWithAWayOut()
    {
        using var folder = new TemporaryFolder();
        folder.Write("s/a.png", TestImages.Png(2, 2, 1));
        folder.Write("s/b.png", TestImages.Png(3, 2, 1));
        folder.Write("s/c.png", TestImages.Png(2, 2, 1, bitDepth: 16));
        folder.Write("s/d.png", TestImages.Png(2, 2, 4));
        using var set = ImageDataset.Open(folder["s"]);
        for (var i = 1; i < 4; i++)
        {
            var message = Should.Throw<InvalidDataException>(() => set.ReadImage(i, new byte[4])).Message;
            message.ShouldContain(set.FileName(i));
            message.ShouldContain("dataset convert");
        }
    }

    [Fact]
    public void IdxImagesFindTheirLabelsByName()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("train-images-idx3-ubyte", TestImages.Idx([2, 1, 3], [1, 2, 3, 4, 5, 6]));
        using (var unlabelled = ImageDataset.Open(path))
        {
            unlabelled.LabelCount.ShouldBe(0);
        }

        folder.Write("train-labels-idx1-ubyte", TestImages.Idx([2], [2, 0]));
        using (var set = ImageDataset.Open(path))
        {
            TestImages.Planes(set, 1).ShouldBe([4, 5, 6]);
            TestImages.Label(set, 0).ShouldBe([0f, 0f, 1f]);
        }

        folder.Write("train-labels-idx1-ubyte", TestImages.Idx([3], [2, 0, 1]));
        Should.Throw<InvalidDataException>(() => ImageDataset.Open(path)).Message.ShouldContain("3 labels for 2 images");
    }

    [Fact]
    public void ATruncatedOrCorruptZipIsOneLineThatNamesIt()
    {
        using var folder = new TemporaryFolder();
        WriteEdmFolder(folder, "set");
        ZipFile.CreateFromDirectory(folder["set"], folder["a.zip"]);
        var whole = File.ReadAllBytes(folder["a.zip"]);
        for (var length = 0; length < whole.Length; length += 37)
        {
            var path = folder.Write("cut.zip", whole[..length]);
            var message = Should.Throw<InvalidDataException>(() => ImageDataset.Open(path)).Message;
            message.ShouldStartWith(path);
            message.ShouldNotContain("\n");
        }
    }

    [Fact]
    public void MissingPathsAndEmptyFoldersAreExplained()
    {
        using var folder = new TemporaryFolder();
        Should.Throw<InvalidInputException>(() => ImageDataset.Open(folder["none.zip"])).Message.ShouldStartWith(folder["none.zip"]);
        Should.Throw<InvalidDataException>(() => ImageDataset.Open(folder.Path)).Message.ShouldContain("holds no images");
        Should.Throw<InvalidInputException>(() => new ImageDatasetOptions { MaxSize = 0 }.Validate());
    }

    [FashionMnistFact]
    public void FashionMnistOpensByNameWithItsClasses()
    {
        using var train = ImageDataset.Open("fashion-mnist");
        (train.Name, train.Count, train.Shape, train.LabelCount).ShouldBe(("fashion-mnist", 60000, new ImageShape(1, 28, 28), 10));
        train.LabelNames.ShouldNotBeNull()[Array.IndexOf(TestImages.Label(train, 0), 1f)].ShouldBe("Ankle boot");
        TestImages.Planes(train, 0).Sum(v => v).ShouldBe(76247);
        TestImages.Planes(train, 59999).Sum(v => v).ShouldBe(16684);
        using var test = ImageDataset.Open("fashion-mnist:test");
        test.Count.ShouldBe(10000);
        TestImages.Planes(test, 0).Sum(v => v).ShouldBe(33456);
    }

    private static void WriteEdmFolder(TemporaryFolder folder, string name)
    {
        for (var i = 0; i < 4; i++)
        {
            folder.Write($"{name}/00000/img0000000{i}.png", TestImages.Png(5, 3, 3, seed: i));
        }

        folder.Write($"{name}/dataset.json", System.Text.Encoding.UTF8.GetBytes(
            """{"labels": [["00000/img00000003.png", 2], ["00000/img00000001.png", 6], ["00000/img00000000.png", 0], ["00000/img00000002.png", 1]]}"""));
    }
}
