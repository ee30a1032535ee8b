using System.Buffers.Binary;
using System.Text;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Torch.Tests.IO;

public sealed class SafetensorsWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<ScalarType> Types() => [.. Enum.GetValues<ScalarType>()];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Writes_the_bytes_of_the_format()
    {
        var path = _folder["a.safetensors"];
        SafetensorsWriter.Write(
            path,
            [new("b", ScalarType.Int16, [2, 1], new byte[] { 1, 2, 3, 4 }), new("a\"é", ScalarType.Int16, [], new byte[] { 5, 6 })],
            new Dictionary<string, string> { ["z"] = "1", ["A"] = "<2>" });

        var header = """{"__metadata__":{"A":"<2>","z":"1"},"b":{"dtype":"I16","shape":[2,1],"data_offsets":[0,4]}"""
            + ""","a\"é":{"dtype":"I16","shape":[],"data_offsets":[4,6]}}""";
        var json = Encoding.UTF8.GetBytes(header);
        var padded = (json.Length + 7) / 8 * 8;
        byte[] expected = [.. new byte[8], .. json, .. Enumerable.Repeat((byte)' ', padded - json.Length), 1, 2, 3, 4, 5, 6];
        BinaryPrimitives.WriteInt64LittleEndian(expected, padded);
        File.ReadAllBytes(path).ShouldBe(expected);
        _folder.Entries.ShouldBe(["a.safetensors"]);
    }

    [Fact]
    public void An_empty_file_is_a_padded_pair_of_braces()
    {
        var path = _folder["a.safetensors"];
        SafetensorsWriter.Write(path, []);
        File.ReadAllBytes(path).ShouldBe([8, 0, 0, 0, 0, 0, 0, 0, .. "{}      "u8]);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_type_and_shape_survives(ScalarType type)
    {
        var path = _folder["a.safetensors"];
        long[][] shapes = [[], [0], [3], [2, 0, 5], [2, 3, 4], [1, 1, 1, 1, 7]];
        SafetensorsTensor[] tensors = [.. shapes.Select((shape, i) => new SafetensorsTensor($"t{i}", type, shape, Bytes(type, shape, i)))];
        SafetensorsWriter.Write(path, tensors);

        using var file = SafetensorsFile.Open(path);
        file.Entries.Count.ShouldBe(shapes.Length);
        file.Metadata.ShouldBeEmpty();
        for (var i = 0; i < shapes.Length; i++)
        {
            var entry = file.Require($"t{i}");
            entry.Type.ShouldBe(type);
            entry.Shape.ShouldBe(shapes[i]);
            var data = new byte[entry.ByteLength];
            file.Read(entry, data);
            data.ShouldBe(Bytes(type, shapes[i], i));
        }
    }

    [Fact]
    public void Every_tensor_starts_at_a_multiple_of_its_element_size()
    {
        var path = _folder["a.safetensors"];
        ScalarType[] types = [ScalarType.Byte, ScalarType.Float16, ScalarType.Float64, ScalarType.Float32, ScalarType.Bool, ScalarType.Int64];
        SafetensorsWriter.Write(path, types.Select(type => new SafetensorsTensor($"{type}", type, [3], new byte[3 * type.ElementSize()])));
        using var file = SafetensorsFile.Open(path);
        file.Entries.ShouldAllBe(entry => entry.Offset % entry.Type.ElementSize() == 0);
        file.Entries.Select(entry => entry.Name).ShouldBe(["Float64", "Int64", "Float32", "Float16", "Byte", "Bool"]);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void A_callback_that_writes_another_number_of_bytes_leaves_no_file(int written)
    {
        var path = _folder["a.safetensors"];
        var tensor = new SafetensorsTensor("a", ScalarType.Int32, [1], stream => stream.Write(new byte[written]));
        Should.Throw<InvalidOperationException>(() => SafetensorsWriter.Write(path, [tensor])).Message.ShouldContain($"wrote {written}");
        _folder.Entries.ShouldBeEmpty();
    }

    [Fact]
    public void Names_that_the_format_cannot_hold_are_refused()
    {
        var tensor = new SafetensorsTensor("a", ScalarType.Byte, [1], new byte[1]);
        Should.Throw<ArgumentException>(() => SafetensorsWriter.Write(_folder["a"], [tensor, tensor]));
        Should.Throw<ArgumentException>(() => new SafetensorsTensor("__metadata__", ScalarType.Byte, [1], new byte[1]));
        _folder.Entries.ShouldBeEmpty();
    }

    [Fact]
    public void Data_that_does_not_fit_the_shape_is_refused()
    {
        Should.Throw<ArgumentException>(() => new SafetensorsTensor("a", ScalarType.Int16, [2], new byte[3]));
        Should.Throw<ArgumentException>(() => new SafetensorsTensor("a", ScalarType.Int16, [-1], new byte[2]));
        Should.Throw<ArgumentException>(() => new SafetensorsTensor("a", ScalarType.Int16, [long.MaxValue], _ => { }));
    }

    private static byte[] Bytes(ScalarType type, long[] shape, int seed)
    {
        var bytes = new byte[shape.Aggregate(1L, (product, size) => product * size) * type.ElementSize()];
        new Random(seed).NextBytes(bytes);
        return type == ScalarType.Bool ? Array.ConvertAll(bytes, value => (byte)(value & 1)) : bytes;
    }
}
