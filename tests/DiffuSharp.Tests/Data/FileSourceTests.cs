using System.IO.Compression;
using DiffuSharp.Cli;
using DiffuSharp.Data;

namespace DiffuSharp.Tests.Data;

/// <summary>What folders and zip files of images hold.</summary>
public sealed class FileSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Folders_of_numbers_are_classes_in_the_order_of_the_numbers()
    {
        foreach (var name in new[] { "10", "2", "0", "1" })
        {
            _folder.Write($"s/{name}/a.pgm", PortableAnymap.Encode(TestImages.Random(2, 2, 1)));
        }

        using var set = ImageDataset.Open(_folder["s"]);
        set.LabelNames.ShouldBe(["0", "1", "2", "10"]);
        foreach (var i in Enumerable.Range(0, 4))
        {
            var name = set.FileName(i).Split('/')[0];
            Array.IndexOf(TestImages.Label(set, i), 1f).ShouldBe(name == "10" ? 3 : int.Parse(name, System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void A_link_to_another_folder_is_followed_and_one_that_leads_back_is_not()
    {
        var image = PortableAnymap.Encode(TestImages.Random(2, 2, 1));
        _folder.Write("s/cat/a.pgm", image);
        _folder.Write("elsewhere/b.pgm", image);
        File.CreateSymbolicLink(_folder["s/cat/up"], "..");
        File.CreateSymbolicLink(_folder["s/cat/self"], _folder["s/cat"]);
        File.CreateSymbolicLink(_folder["s/dog"], _folder["elsewhere"]);

        using var set = ImageDataset.Open(_folder["s"]);
        Enumerable.Range(0, set.Count).Select(set.FileName).ShouldBe(["cat/a.pgm", "dog/b.pgm"]);
    }

    [Fact]
    public void Links_that_cross_end_where_they_come_back_to_a_folder_above()
    {
        var image = PortableAnymap.Encode(TestImages.Random(2, 2, 1));
        _folder.Write("s/a/1.pgm", image);
        _folder.Write("e/b/2.pgm", image);
        File.CreateSymbolicLink(_folder["s/a/x"], "../../e/b");
        File.CreateSymbolicLink(_folder["e/b/y"], "../../s/a");
        File.CreateSymbolicLink(_folder["alias"], _folder["s"]);

        foreach (var root in new[] { "s", "alias" })
        {
            using var set = ImageDataset.Open(_folder[root]);
            Enumerable.Range(0, set.Count).Select(set.FileName).ShouldBe(["a/1.pgm", "a/x/2.pgm"]);
        }
    }

    [Fact]
    public void A_byte_that_was_flipped_in_a_stored_file_is_noticed()
    {
        var zip = Zip(CompressionLevel.NoCompression);
        zip[zip.AsSpan().IndexOf("P5"u8) + 12] ^= 1; // a pixel
        var path = _folder.Write("s.zip", zip);
        Should.Throw<InvalidDataException>(() => ImageDataset.Open(path)).Message.ShouldBe(
            $"{path}:a.pgm: does not match its checksum; the file is damaged, copy or download it again");
    }

    [Fact]
    public void A_file_compressed_by_another_method_is_not_called_damaged()
    {
        const byte lzma = 14;
        var zip = Zip(CompressionLevel.NoCompression);
        zip[8] = lzma;                                              // method of the local header
        zip[zip.AsSpan().IndexOf("PK\u0001\u0002"u8) + 10] = lzma;  // and of the directory
        var path = _folder.Write("s.zip", zip);
        Should.Throw<InvalidDataException>(() => ImageDataset.Open(path)).Message.ShouldBe(
            $"{path}:a.pgm: is compressed by another method than deflate; make the zip file again, deflated or uncompressed");
    }

    [Fact]
    public void An_error_stream_that_cannot_be_written_leaves_the_exit_code()
    {
        Entry.Run(["dataset", "inspect", _folder["none"]], TextWriter.Null, new FullWriter()).ShouldBe(2);
    }

    private static byte[] Zip(CompressionLevel level)
    {
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create))
        {
            using var entry = zip.CreateEntry("a.pgm", level).Open();
            entry.Write(PortableAnymap.Encode(TestImages.Random(2, 2, 1)));
        }

        return buffer.ToArray();
    }

    private sealed class FullWriter : StringWriter
    {
        public override void WriteLine(string? value) => throw new IOException("No space left on device");
    }
}
