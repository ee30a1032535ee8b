using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Torch.Tests.IO;

public sealed class NpzFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Arrays_survive(bool compress)
    {
        var path = _folder["a.npz"];
        double[] sigma = [.. Enumerable.Range(0, 10_000).Select(i => i % 7 * 0.1)];
        NpzFile.Write(
            path,
            [("sigma", NpyArray.Create<double>(sigma, 100, 100)), ("mu", NpyArray.Create([1f], 1)), ("protocol", new NpyStrings("edm"))],
            compress);
        using var file = NpzFile.Open(path);
        file.Names.ShouldBe(["mu", "protocol", "sigma"]);
        file.Contains("mu").ShouldBeTrue();
        file.Contains("mu.npy").ShouldBeFalse();
        file.ReadArray("sigma").Shape.ShouldBe([100, 100]);
        file.ReadArray("sigma").AsSpan<double>().ToArray().ShouldBe(sigma);
        file.ReadArray("mu").AsSpan<float>().ToArray().ShouldBe([1f]);
        file.ReadStrings("protocol").Values.ShouldBe(["edm"]);
        (new FileInfo(path).Length < 40_000).ShouldBe(compress);
    }

    [Fact]
    public void Equal_arrays_give_equal_bytes()
    {
        (string, NpyValue)[] arrays = [("a", NpyArray.Create([1f], 1)), ("b", new NpyStrings("x"))];
        NpzFile.Write(_folder["a.npz"], arrays);
        NpzFile.Write(_folder["b.npz"], arrays);
        File.ReadAllBytes(_folder["a.npz"]).ShouldBe(File.ReadAllBytes(_folder["b.npz"]));
        using var zip = ZipFile.OpenRead(_folder["a.npz"]);
        zip.Entries.Select(e => e.FullName).ShouldBe(["a.npy", "b.npy"]);
        zip.Entries.ShouldAllBe(e => e.LastWriteTime.Year == 1980 && e.CompressedLength == e.Length);
    }

    [Fact]
    public void Names_that_clash_leave_no_file()
    {
        NpyValue one = NpyArray.Create([1f], 1);
        Should.Throw<ArgumentException>(() => NpzFile.Write(_folder["a.npz"], [("a", one), ("a", one)]));
        Should.Throw<ArgumentException>(() => NpzFile.Write(_folder["a.npz"], [("", one)]));
        _folder.Entries.ShouldBeEmpty();
    }

    [Fact]
    public void Missing_files_and_arrays_and_wrong_kinds_are_named()
    {
        var path = _folder["a.npz"];
        Should.Throw<FileNotFoundException>(() => NpzFile.Open(path)).Message.ShouldContain(path);
        NpzFile.Write(path, [("mu", NpyArray.Create([1f], 1)), ("protocol", new NpyStrings("edm"))]);
        using var file = NpzFile.Open(path);
        Action missing = () => file.ReadArray("sigma");
        Action text = () => file.ReadArray("protocol");
        Action numbers = () => file.ReadStrings("mu");
        missing.ShouldRefuse(path, "'sigma', only 'mu', 'protocol'");
        text.ShouldRefuse(path, "('protocol'): holds text");
        numbers.ShouldRefuse(path, "('mu'): holds numbers");
    }

    [Fact]
    public void A_name_twice_is_refused()
    {
        var path = _folder["a.npz"];
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            zip.CreateEntry("a.npy");
            zip.CreateEntry("a.npy");
        }

        RefuseOpening(path, "'a.npy' twice");
    }

    [Fact]
    public void Other_files_in_the_archive_are_left_alone()
    {
        var path = _folder["a.npz"];
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            zip.CreateEntry("readme.txt");
        }

        using var file = NpzFile.Open(path);
        file.Names.ShouldBeEmpty();
    }

    [Fact]
    public void A_foreign_file_is_refused() =>
        RefuseOpening(_folder.Write("a.npz", [.. "no zip at all, but long enough to be one"u8]), "zip");

    [Fact]
    public void Every_damaged_data_byte_is_noticed()
    {
        var path = _folder["a.npz"];
        byte[] values = [.. Enumerable.Range(0, 97).Select(i => (byte)(i * i))];
        NpzFile.Write(path, [("a", NpyArray.Create<byte>(values, 97))]);
        var bytes = File.ReadAllBytes(path);
        using (var zip = ZipFile.OpenRead(path))
        {
            var start = 30 + "a.npy".Length;
            for (var i = start; i < start + zip.Entries[0].CompressedLength; i++)
            {
                bytes[i] ^= 4;
                RefuseReading(_folder.Write("bad.npz", bytes), "a", "");
                bytes[i] ^= 4;
            }
        }
    }

    [Fact]
    public void A_claim_beyond_what_deflate_can_hold_is_refused_before_allocation()
    {
        var path = _folder["a.npz"];
        var array = NpyBytes.Make("{'descr': '|u1', 'fortran_order': False, 'shape': (2000000000,)}", [1, 2, 3]);
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            using var entry = zip.CreateEntry("a.npy").Open();
            entry.Write(array);
        }

        var bytes = File.ReadAllBytes(path);
        var directory = bytes.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        var claim = (uint)(array.Length - 3) + 2_000_000_000;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(directory + 24), claim);
        var before = GC.GetAllocatedBytesForCurrentThread();
        RefuseReading(_folder.Write("bad.npz", bytes), "a", $"claims {claim} bytes");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1_000_000);
    }

    [Fact]
    public void The_checksum_is_that_of_the_zip_format()
    {
        byte[] bytes = [.. Enumerable.Range(0, 1000).Select(i => (byte)(i * 31 >> 3))];
        for (var length = 0; length < 40; length++)
        {
            var whole = new Crc32();
            whole.Append(bytes);
            var parts = new Crc32();
            parts.Append(bytes.AsSpan(0, length));
            parts.Append(bytes.AsSpan(length));
            parts.Value.ShouldBe(whole.Value);
        }

        var check = new Crc32();
        check.Append(Encoding.ASCII.GetBytes("123456789"));
        check.Value.ShouldBe(0xCBF43926);
    }

    private static void RefuseOpening(string path, string fragment)
    {
        Action open = () => NpzFile.Open(path).Dispose();
        open.ShouldRefuse(path, fragment);
    }

    private static void RefuseReading(string path, string name, string fragment)
    {
        using var file = NpzFile.Open(path);
        Action read = () => file.Read(name);
        read.ShouldRefuse(path, fragment);
    }
}
