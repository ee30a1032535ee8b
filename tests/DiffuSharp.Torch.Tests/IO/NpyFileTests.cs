using System.Runtime.InteropServices;
using System.Text;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Torch.Tests.IO;

public sealed class NpyFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<ScalarType> Types() => [.. Enum.GetValues<ScalarType>().Where(type => type != ScalarType.BFloat16)];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Writes_the_bytes_of_the_format()
    {
        var path = _folder["a.npy"];
        NpyFile.Write(path, NpyArray.Create<short>([1, 2, 3], 3));
        var dictionary = "{'descr': '<i2', 'fortran_order': False, 'shape': (3,), }".PadRight(117) + "\n";
        byte[] expected = [0x93, .. "NUMPY"u8, 1, 0, 118, 0, .. Encoding.ASCII.GetBytes(dictionary), 1, 0, 2, 0, 3, 0];
        File.ReadAllBytes(path).ShouldBe(expected);
    }

    [Fact]
    public void The_data_starts_at_a_multiple_of_64_whatever_the_shape()
    {
        for (var rank = 0; rank <= 64; rank++)
        {
            var path = _folder["a.npy"];
            NpyFile.Write(path, new NpyArray(ScalarType.Byte, [.. Enumerable.Repeat(1L, rank)], [7]));
            var bytes = File.ReadAllBytes(path);
            ((bytes.Length - 1) % 64).ShouldBe(0);
            bytes[^2..].ShouldBe([(byte)'\n', 7]);
            NpyFile.ReadArray(path).Shape.Length.ShouldBe(rank);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_type_and_shape_survives(ScalarType type)
    {
        foreach (var shape in (long[][])[[], [0], [3], [2, 0, 5], [2, 3, 4]])
        {
            var data = new byte[shape.Aggregate(1L, (product, size) => product * size) * type.ElementSize()];
            new Random(1).NextBytes(data);
            data = type == ScalarType.Bool ? Array.ConvertAll(data, value => (byte)(value & 1)) : data;
            var path = _folder["a.npy"];
            NpyFile.Write(path, new NpyArray(type, shape, data));
            var read = NpyFile.ReadArray(path);
            read.Type.ShouldBe(type);
            read.Shape.ShouldBe(shape);
            read.Data.ShouldBe(data);
        }
    }

    [Fact]
    public void Typed_access_gives_the_values()
    {
        Check<byte>([1, 255]);
        Check<sbyte>([1, -1]);
        Check<short>([1, -2]);
        Check([1, -3]);
        Check([1, -4L]);
        Check([(Half)1.5f, Half.NaN]);
        Check([1.5f, float.NaN]);
        Check([1.5, -0.0]);
        Check([true, false]);
        Should.Throw<InvalidOperationException>(() => NpyArray.Create([1.5f], 1).AsSpan<double>().ToArray());
        Should.Throw<ArgumentException>(() => NpyArray.Create([1.5m], 1));

        static void Check<T>(T[] values)
            where T : unmanaged => NpyArray.Create<T>(values, 1, 2).AsSpan<T>().ToArray().ShouldBe(values);
    }

    [Fact]
    public void Text_survives()
    {
        var path = _folder["a.npy"];
        NpyFile.Write(path, new NpyStrings("EDM, 18 steps: σ=80 \U0001F600"));
        var scalar = NpyFile.ReadStrings(path);
        scalar.Shape.ShouldBeEmpty();
        scalar.Values.ShouldBe(["EDM, 18 steps: σ=80 \U0001F600"]);

        foreach (var values in (string[][])[["a", "", "c\0d", "long"], ["", "", "", ""]])
        {
            NpyFile.Write(path, new NpyStrings([2, 2], values));
            NpyFile.ReadStrings(path).Shape.ShouldBe([2, 2]);
            NpyFile.ReadStrings(path).Values.ShouldBe(values);
        }

        NpyFile.Write(path, new NpyStrings([0], []));
        NpyFile.ReadStrings(path).Values.ShouldBeEmpty();
        Should.Throw<ArgumentException>(() => new NpyStrings("a\0"));
        Should.Throw<ArgumentException>(() => new NpyStrings([3], ["a"]));
    }

    [Theory]
    [InlineData(1, "{'descr': '<i2', 'fortran_order': False, 'shape': (2,), }   \n")]
    [InlineData(1, """{"shape":(2,),"fortran_order":False,"descr":"<i2"}""")]
    [InlineData(2, "{'descr': '<i2', 'fortran_order': True, 'shape': (2L,)}")]
    [InlineData(3, " { 'descr' :\t'<i2' , 'fortran_order' : False , 'shape' : ( 2 , ) , } \n")]
    public void Headers_of_all_versions_are_read(int version, string dictionary)
    {
        var array = NpyFile.ReadArray(_folder.Write("a.npy", NpyBytes.Make(dictionary, [1, 0, 2, 0], version)));
        array.Shape.ShouldBe([2]);
        array.AsSpan<short>().ToArray().ShouldBe([1, 2]);
    }

    [Fact]
    public void Fortran_order_is_transposed()
    {
        // Element (i, j, k) of shape (2, 3, 4) is 100 i + 10 j + k; the first index runs fastest.
        short[] data = [.. from k in Enumerable.Range(0, 4)
                           from j in Enumerable.Range(0, 3)
                           from i in Enumerable.Range(0, 2)
                           select (short)((100 * i) + (10 * j) + k)];
        var file = NpyBytes.Make(
            "{'descr': '<i2', 'fortran_order': True, 'shape': (2, 3, 4)}", MemoryMarshal.AsBytes<short>(data).ToArray());
        NpyFile.ReadArray(_folder.Write("a.npy", file)).AsSpan<short>().ToArray().ShouldBe(data.Order());
    }

    [Fact]
    public void Text_in_fortran_order_is_transposed()
    {
        var data = Encoding.UTF32.GetBytes("a\0c\0b\0d\0");
        var path = _folder.Write("a.npy", NpyBytes.Make("{'descr': '<U2', 'fortran_order': True, 'shape': (2, 2)}", data));
        NpyFile.ReadStrings(path).Values.ShouldBe(["a", "b", "c", "d"]);
    }

    [Theory]
    [InlineData("{'descr': '>i2', 'fortran_order': False, 'shape': (2,)}", "'>i2'")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (2,)}", "'|O'")]
    [InlineData("{'descr': '<u2', 'fortran_order': False, 'shape': (2,)}", "'<u2'")]
    [InlineData("{'descr': '<U0', 'fortran_order': False, 'shape': (2,)}", "'<U0'")]
    [InlineData("{'descr': '<U-1', 'fortran_order': False, 'shape': (2,)}", "'<U-1'")]
    [InlineData("{'descr': '<U999999999', 'fortran_order': False, 'shape': (0,)}", "'<U999999999'")]
    [InlineData("{'descr': '|S4', 'fortran_order': False, 'shape': ()}", "'|S4'")]
    [InlineData("{'descr': [('a', '<i2')], 'fortran_order': False, 'shape': (2,)}", "fields")]
    [InlineData("{'descr': '<i2', 'fortran_order': 0, 'shape': (2,)}", "True or False")]
    [InlineData("{'descr': '<i2', 'fortran_order': False, 'shape': (2)}", "tuple")]
    [InlineData("{'descr': '<i2', 'fortran_order': False, 'shape': 2}", "'('")]
    [InlineData("{'descr': '<i2', 'fortran_order': False, 'shape': (-2,)}", "size")]
    [InlineData("{'descr': '<i2', 'fortran_order': False, 'shape': (02,)}", "size")]
    [InlineData("{'descr': '<i2', 'fortran_order': False, 'shape': (1 2)}", "broken shape")]
    [InlineData("{'descr': '<i2', 'fortran_order': False, 'shape': (9223372036854775808,)}", "size")]
    [InlineData("{'descr': '<i2', 'fortran_order': False, 'shape': (9223372036854775807, 2)}", "4 bytes of data")]
    [InlineData("{'descr': '<i2', 'fortran_order': False, 'shape': (3,)}", "4 bytes of data")]
    [InlineData("{'descr': '<i2', 'fortran_order': False, 'shape': (1,)}", "4 bytes of data")]
    [InlineData("{'descr': '<i2', 'fortran_order': False}", "exactly")]
    [InlineData("{'descr': '<i2', 'descr': '<i2', 'fortran_order': False, 'shape': (2,)}", "repeated")]
    [InlineData("{'descr': '<i2', 'fortran_order': False, 'shape': (2,), 'x': 1}", "'x'")]
    [InlineData("{'descr': '<i2', 'fortran_order': False, 'shape': (2,)} 1", "exactly")]
    [InlineData("{'descr': '<i2', 'fortran_order': False, 'shape': (2,)", "'}'")]
    [InlineData("{'descr': '<\\x692', 'fortran_order': False, 'shape': (2,)}", "broken string")]
    [InlineData("{'descr': '<i2", "broken string")]
    [InlineData("{'descr'", "':'")]
    [InlineData("", "'{'")]
    public void A_header_that_breaks_the_format_is_refused(string dictionary, string fragment) =>
        Refuse(NpyBytes.Make(dictionary, [1, 0, 2, 0]), fragment);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_file_cut_anywhere_is_refused(int version)
    {
        var file = NpyBytes.Make("{'descr': '<i2', 'fortran_order': False, 'shape': (2,)}", [1, 0, 2, 0], version);
        for (var length = 0; length < file.Length; length++)
        {
            Refuse(file[..length], "");
        }
    }

    [Fact]
    public void Foreign_files_are_refused()
    {
        var file = NpyBytes.Make("{'descr': '<i2', 'fortran_order': False, 'shape': (2,)}", [1, 0, 2, 0]);
        Refuse([.. "not an npy file at all"u8], "npy file");
        Refuse([.. file[..6], 4, .. file[7..]], "version 4");
        Refuse([.. file[..6], 2, .. file[7..]], "npy header of");
    }

    [Fact]
    public void Damaged_text_and_booleans_are_refused()
    {
        Refuse(NpyBytes.Make("{'descr': '<U1', 'fortran_order': False, 'shape': ()}", [0, 0xD8, 0, 0]), "Unicode");
        Refuse(NpyBytes.Make("{'descr': '<U1', 'fortran_order': False, 'shape': ()}", [0, 0, 0, 1]), "Unicode");
        Refuse(NpyBytes.Make("{'descr': '|b1', 'fortran_order': False, 'shape': (2,)}", [1, 2]), "0 and 1");
    }

    [Fact]
    public void The_wrong_kind_is_refused()
    {
        var path = _folder["a.npy"];
        Action array = () => NpyFile.ReadArray(path);
        Action strings = () => NpyFile.ReadStrings(path);
        NpyFile.Write(path, new NpyStrings("a"));
        array.ShouldRefuse(path, "text");
        NpyFile.Write(path, NpyArray.Create([1.5f], 1));
        strings.ShouldRefuse(path, "numbers");
        Should.Throw<FileNotFoundException>(() => NpyFile.Read(_folder["no/b.npy"])).Message.ShouldContain(_folder["no/b.npy"]);
    }

    [Fact]
    public void Arrays_that_numpy_cannot_hold_are_errors_of_the_caller()
    {
        Should.Throw<ArgumentException>(() => new NpyArray(ScalarType.BFloat16, [1], new byte[2]));
        Should.Throw<ArgumentException>(() => new NpyArray(ScalarType.Float32, [1], new byte[3]));
        Should.Throw<ArgumentException>(() => NpyFile.Write(_folder["a.npy"], new NpyStrings("\ud800")));
        _folder.Entries.ShouldBeEmpty();
    }

    private void Refuse(byte[] content, string fragment)
    {
        var path = _folder.Write("bad.npy", content);
        Action read = () => NpyFile.Read(path);
        read.ShouldRefuse(path, fragment);
    }
}
