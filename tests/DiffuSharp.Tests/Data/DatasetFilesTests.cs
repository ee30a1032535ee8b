using System.IO.Compression;
using DiffuSharp.Data;

namespace DiffuSharp.Tests.Data;

/// <summary>What counts as an image of a data set, and that the rest is counted.</summary>
public sealed class DatasetFilesTests : IDisposable
{
    private static readonly byte[] s_image = PortableAnymap.Encode(TestImages.Random(2, 2, 1));
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Folders_and_zip_files_follow_one_rule(bool zipped)
    {
        string[] names =
        [
            "cat/1.PGM", "dog/2.pgm", "__MACOSX/cat/._1.PGM", "cat/.hidden.pgm", "cat/Thumbs.db", ".git/x.pgm", "dog/3.gif", "dog/notes.txt", "dog/dataset.json",
        ];
        using var set = Open(zipped, names);
        Enumerable.Range(0, set.Count).Select(set.FileName).ShouldBe(["cat/1.PGM", "dog/2.pgm"]);
        set.Labels!.Names.ShouldBe(["cat", "dog"]);
        set.LeftOut.Sum(files => files.Files.Count).ShouldBe(7);
        set.LeftOut.Single(files => files.Reason.Contains("not read", StringComparison.Ordinal)).Files.ShouldBe(["dog/3.gif"]);
        set.LeftOut.Single(files => files.Reason.StartsWith("hidden", StringComparison.Ordinal)).Files.Count.ShouldBe(4);
        set.LeftOut.Single(files => files.Reason == "no images").ToString().ShouldBe("1 file, no images: dog/notes.txt");
    }

    [Fact]
    public void A_zip_file_with_the_separator_of_windows_and_a_folder_around_everything_has_its_classes()
    {
        using var set = Open(zipped: true, @"all\cat\1.pgm", @"all\dog\2.pgm", @"all\readme.txt");
        set.Labels!.Names.ShouldBe(["cat", "dog"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Labels_in_a_folder_around_everything_are_read(bool zipped)
    {
        using var set = Open(zipped, ["mine/a.pgm", "mine/b.pgm"], "mine/dataset.json");
        (set.Count, set.Labels!.Class(1)).ShouldBe((2, 1));
        set.FileName(0).ShouldBe("a.pgm");
    }

    [Fact]
    public void Pictures_beside_recorded_samples_are_no_data()
    {
        using var set = Open(zipped: false, "out/000001.png", "out/012000/012345.png", "out/progress.png", "out/grid.png", "out/samples.json", "own/grid.png");
        Enumerable.Range(0, set.Count).Select(set.FileName).ShouldBe(["out/000001.png", "out/012000/012345.png", "own/grid.png"]);
        using var old = Open(zipped: false, "000001.png", "grid.png", "before-after.png");
        old.Count.ShouldBe(1);
    }

    [Fact]
    public void A_link_that_leads_back_is_counted()
    {
        _folder.Write("s/cat/a.pgm", s_image);
        File.CreateSymbolicLink(_folder["s/cat/up"], "..");
        var inspection = DatasetInspection.Run(_folder["s"]);
        inspection.LeftOut.Single().ToString().ShouldBe("1 file, links that lead back to a folder above them: cat/up");
        inspection.IsUsable.ShouldBeTrue();
    }

    [Fact]
    public void A_folder_without_images_says_what_is_there()
    {
        var error = Should.Throw<InvalidDataException>(() => Open(zipped: false, "a.gif", "b.txt"));
        error.Message.ShouldContain("holds no images");
        error.Message.ShouldContain("a.gif");
    }

    [Fact]
    public void The_preview_shows_images_of_every_class_under_its_name()
    {
        foreach (var (name, pixel) in new[] { ("ant", (byte)10), ("bee", (byte)200) })
        {
            _folder.Write($"p/{name}/1.pgm", PortableAnymap.Encode(new RawImage(2, 2, 1, 8, [pixel, pixel, pixel, pixel])));
        }

        var picture = DatasetPreview.Compose(_folder["p"]);
        picture.Pixels.Count(value => value == 10).ShouldBe(3 * 96 * 96);
        picture.Pixels.Count(value => value == 200).ShouldBe(3 * 96 * 96);
        picture.Pixels.Count(value => value == 0).ShouldBeGreaterThan(3 * 4 * 20); // the labels
    }

    private IImageSource Open(bool zipped, params string[] names) => Open(zipped, names, labels: null);

    private IImageSource Open(bool zipped, string[] names, string? labels)
    {
        var root = Guid.NewGuid().ToString("N");
        var json = "{\"labels\": [[\"a.pgm\", 0], [\"b.pgm\", 1]]}"u8.ToArray();
        (string Name, byte[] Content)[] files = [.. names.Select(name => (name, s_image)), .. labels is null ? [] : new[] { (labels, json) }];
        if (!zipped)
        {
            foreach (var (name, content) in files)
            {
                _folder.Write($"{root}/{name}", content);
            }

            return ImageSource.Open(_folder[root]);
        }

        using (var zip = ZipFile.Open(_folder[$"{root}.zip"], ZipArchiveMode.Create))
        {
            foreach (var (name, content) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }

        return ImageSource.Open(_folder[$"{root}.zip"]);
    }
}
