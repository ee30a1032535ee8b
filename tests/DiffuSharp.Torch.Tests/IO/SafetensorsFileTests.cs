using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Torch.Tests.IO;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Networks() =>
        [.. Directory.GetFiles(Path.Combine(ReferenceFolder.Path, "networks"), "*.safetensors")
            .Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reads_a_file_made_by_hand()
    {
        var path = _folder.Write("hand.safetensors", SafetensorsBytes.Make(
            """{ "b":{"data_offsets":[0,4],"shape":[2,1],"dtype":"I16","extra":[{}]}, "__metadata__":{"k":"v\u00e9"}, "a":{"dtype":"U8","shape":[],"data_offsets":[4,5]}}  """,
            5));
        using var file = SafetensorsFile.Open(path);
        file.Entries.Select(e => e.Name).ShouldBe(["b", "a"]);
        file.Metadata.ShouldBe(new Dictionary<string, string> { ["k"] = "vé" });
        var b = file.Require("b");
        (b.Type, b.Offset, b.ByteLength).ShouldBe((ScalarType.Int16, 0, 4));
        b.Shape.ShouldBe([2, 1]);
        file.Require("a").Shape.ShouldBeEmpty();
        var data = new byte[4];
        file.Read(b, data);
        data.ShouldBe([0, 1, 2, 3]);
        file.Read(b, 1, data.AsSpan(0, 2));
        data.ShouldBe([1, 2, 2, 3]);
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Reads_the_reference_networks(string name)
    {
        var stem = Path.Combine(ReferenceFolder.Path, "networks", name);
        using var file = SafetensorsFile.Open($"{stem}.safetensors");
        using var json = JsonDocument.Parse(File.ReadAllBytes($"{stem}.json"));
        var x = file.Require("x");
        x.Type.ShouldBe(ScalarType.Float32);
        x.Shape.Length.ShouldBe(4);
        (x.Shape[0], x.Shape[2], x.Shape[3]).ShouldBe((4, 16, 16));
        file.Require("denoised").Shape.ShouldBe(x.Shape);
        file.Require("sigma").Shape.ShouldBe([4]);

        var sigma = new byte[file.Require("sigma").ByteLength];
        file.Read(file.Require("sigma"), sigma);
        BinaryPrimitives.ReadSingleLittleEndian(sigma).ShouldBeInRange(1e-4f, 1e4f);

        var parameter = file.Metadata["grad_param"];
        json.RootElement.GetProperty("parameters").EnumerateArray()
            .Select(p => p.GetProperty("name").GetString()).ShouldContain(parameter);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var path = _folder["no/such.safetensors"];
        Should.Throw<FileNotFoundException>(() => SafetensorsFile.Open(path)).Message.ShouldContain(path);
        Should.Throw<FileNotFoundException>(() => SafetensorsFile.Open(_folder["such"])).Message.ShouldContain(_folder["such"]);
    }

    [Fact]
    public void A_folder_is_refused() => Refuse(Path.GetDirectoryName(_folder["x"])!, "folder");

    [Fact]
    public void A_missing_tensor_is_named()
    {
        var path = _folder.Write("a.safetensors", SafetensorsBytes.Make("{}", 0));
        using var file = SafetensorsFile.Open(path);
        file.Find("conv.weight").ShouldBeNull();
        Action require = () => file.Require("conv.weight");
        require.ShouldRefuse(path, "'conv.weight'");
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "of only 7")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "9 follow")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "takes 12")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "impossible shape [-2]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}""", 8, "impossible shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4,0],"data_offsets":[0,0]}}""", 0, "impossible shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}""", 8, "integers")]
    [InlineData("""{"a":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""", 8, "integers")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "8 to 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", 8, "-8 to 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}""", 8, "two data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", 8, "two data_offsets")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}""", 8, "'F8_E4M3'")]
    [InlineData("""{"a":{"dtype":7,"shape":[8],"data_offsets":[0,8]}}""", 8, "Number")]
    [InlineData("""{"a":{"dtype":"U8","dtype":"U8","shape":[8],"data_offsets":[0,8]}}""", 8, "twice")]
    [InlineData("""{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", 0, "twice")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[3,7]}}""", 7, "overlap")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[5,9]}}""", 9, "hole")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "metadata")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"}}""", 0, "twice")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", 0, "twice")]
    [InlineData("""{"\ud800":{}}""", 0, "Unicode")]
    [InlineData("""{"a":{"\ud800atype":"U8","shape":[0],"data_offsets":[0,0]}}""", 0, "Unicode")]
    [InlineData("""{"a\n":7}""", 0, "'a?'")]
    [InlineData("""{"a":{}""", 0, "")]
    [InlineData("""{} {}""", 0, "JSON")]
    [InlineData("""[]""", 0, "brace")]
    [InlineData("""{"a":{"x":[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]}}""", 0, "JSON")]
    [InlineData("", 0, "brace")]
    public void A_header_that_breaks_the_format_is_refused(string header, int dataLength, string fragment) =>
        Refuse(_folder.Write("bad.safetensors", SafetensorsBytes.Make(header, dataLength)), fragment);

    [Fact]
    public void A_shape_of_too_many_dimensions_is_refused() => Refuse(
        _folder.Write("bad.safetensors", SafetensorsBytes.Make(
            """{"a":{"dtype":"U8","shape":[""" + string.Join(',', Enumerable.Repeat(1, 65)) + """],"data_offsets":[0,1]}}""", 1)),
        "more than 64");

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void A_file_shorter_than_its_first_number_is_refused(int length) =>
        Refuse(_folder.Write("bad.safetensors", new byte[length]), $"only {length} bytes");

    [Theory]
    [InlineData(3UL)]
    [InlineData(100_000_001UL)]
    [InlineData(ulong.MaxValue)]
    public void A_header_longer_than_the_file_is_refused(ulong length)
    {
        byte[] bytes = [.. new byte[8], (byte)'{', (byte)'}'];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        Refuse(_folder.Write("bad.safetensors", bytes), $"header of {length} bytes");
    }

    [Fact]
    public void Invalid_utf8_is_refused()
    {
        var bytes = SafetensorsBytes.Make("""{"__metadata__":{"a":"x"}}""", 0);
        bytes[Encoding.ASCII.GetString(bytes).IndexOf('x', StringComparison.Ordinal)] = 0xFF;
        Refuse(_folder.Write("bad.safetensors", bytes), "Unicode");
    }

    [Fact]
    public void Booleans_other_than_0_and_1_are_refused()
    {
        var path = _folder.Write("bad.safetensors", SafetensorsBytes.Make(
            """{"a":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]}}""", 3));
        using var file = SafetensorsFile.Open(path);
        Action read = () => file.Read(file.Require("a"), new byte[3]);
        read.ShouldRefuse(path, "0 and 1");
    }

    [Fact]
    public void A_file_cut_while_open_is_refused()
    {
        var bytes = SafetensorsBytes.Make("""{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}""", 3);
        var path = _folder.Write("cut.safetensors", bytes);
        using var file = SafetensorsFile.Open(path);
        using (var writer = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            writer.SetLength(bytes.Length - 1);
        }

        Action read = () => file.Read(file.Require("a"), new byte[3]);
        read.ShouldRefuse(path, "shorter");
    }

    [Fact]
    public void A_destination_of_another_length_is_an_error_of_the_caller()
    {
        var path = _folder.Write("a.safetensors", SafetensorsBytes.Make(
            """{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}""", 3));
        using var file = SafetensorsFile.Open(path);
        Should.Throw<ArgumentException>(() => file.Read(file.Require("a"), new byte[2]));
        Should.Throw<ArgumentOutOfRangeException>(() => file.Read(file.Require("a"), 2, new byte[2]));
        Should.Throw<ArgumentOutOfRangeException>(() => file.Read(file.Require("a"), -1, new byte[2]));
    }

    private static void Refuse(string path, string fragment)
    {
        Action open = () => SafetensorsFile.Open(path).Dispose();
        open.ShouldRefuse(path, fragment);
    }
}
