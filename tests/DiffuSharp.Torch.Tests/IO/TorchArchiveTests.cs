using System.IO.Compression;
using System.Text;
using DiffuSharp.Torch.IO;
using FsCheck;
using FsCheck.Fluent;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Torch.Tests.IO;

public sealed class TorchArchiveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [PyTorchFact]
    public void What_PyTorch_saves_is_read_back()
    {
        using var scope = NewDisposeScope();
        using var archive = TorchArchive.Open(Save("""
            base = torch.arange(12, dtype=torch.float32).reshape(3, 4)
            net = torch.nn.Sequential(torch.nn.Conv2d(2, 3, 3), torch.nn.BatchNorm2d(3)).to(memory_format=torch.channels_last)
            data = {
                'state': net.state_dict(), 'whole': base, 'column': base[:, 1], 'turned': base.t(), 'tail': base.flatten()[7:],
                'expanded': torch.tensor([1., 2.]).expand(3, 2), 'scalar': torch.tensor(5), 'empty': torch.zeros(0, 3),
                'half': torch.tensor([1.5]).half(), 'bfloat': torch.tensor([2.5]).bfloat16(), 'double': torch.tensor([0.1], dtype=torch.float64),
                'bool': torch.tensor([True, False]), 'bytes': torch.tensor([1, 255], dtype=torch.uint8), 'small': torch.tensor([-3], dtype=torch.int8),
                'parameter': torch.nn.Parameter(torch.ones(2)),
                'last': torch.arange(36, dtype=torch.float32).reshape(3, 3, 2, 2).contiguous(memory_format=torch.channels_last),
                'step': 70000, 'big': -2 ** 40, 'lr': 1e-4, 'on': True, 'none': None, 'name': 'caf\u00e9', 'list': [1, (2, 'x')], 3: 'three',
                'size': torch.zeros(2, 3).shape,
            }
            """));
        var tensors = archive.ReadTensors();
        tensors["whole"].ToArray<float>().ShouldBe(Enumerable.Range(0, 12).Select(i => (float)i));
        tensors["column"].ToArray<float>().ShouldBe([1f, 5f, 9f]);
        tensors["turned"].shape.ShouldBe([4L, 3L]);
        tensors["turned"].ToArray<float>()[..3].ShouldBe([0f, 4f, 8f]);
        tensors["tail"].ToArray<float>().ShouldBe([7f, 8f, 9f, 10f, 11f]);
        tensors["expanded"].ToArray<float>().ShouldBe([1f, 2f, 1f, 2f, 1f, 2f]);
        tensors["scalar"].item<long>().ShouldBe(5);
        tensors["empty"].shape.ShouldBe([0L, 3L]);
        tensors["half"].ToDouble().ShouldBe(1.5);
        tensors["bfloat"].ToDouble().ShouldBe(2.5);
        tensors["double"].item<double>().ShouldBe(0.1);
        tensors["bool"].ToArray<bool>().ShouldBe([true, false]);
        tensors["bytes"].ToArray<byte>().ShouldBe([1, 255]);
        tensors["small"].ToArray<sbyte>().ShouldBe([-3]);
        tensors["parameter"].ToArray<float>().ShouldBe([1f, 1f]);
        tensors["last"].ToArray<float>().ShouldBe(Enumerable.Range(0, 36).Select(i => (float)i));
        archive.Tensors["state.0.weight"].Shape.ShouldBe([3L, 2L, 3L, 3L]);
        archive.Tensors["state.1.num_batches_tracked"].Type.ShouldBe(ScalarType.Int64);
        archive.ReadTensors("state.0.").Keys.ShouldBe(["weight", "bias"]);

        // One storage: a change in one view shows in the others.
        tensors["whole"].mul_(2);
        tensors["column"].ToArray<float>().ShouldBe([2f, 10f, 18f]);

        archive.Values["step"].ShouldBe(70000L);
        archive.Values["big"].ShouldBe(-(1L << 40));
        archive.Values["lr"].ShouldBe(1e-4);
        archive.Values["on"].ShouldBe(true);
        archive.Values["none"].ShouldBeNull();
        archive.Values["name"].ShouldBe("caf\u00e9");
        archive.Values["list.1.1"].ShouldBe("x");
        archive.Values["3"].ShouldBe("three");
        archive.Values["size.1"].ShouldBe(3L);
    }

    [PyTorchFact]
    public void Objects_with_code_are_refused_by_their_name()
    {
        Save($$"""
            import os
            class Evil:
                def __reduce__(self): return (os.system, ('touch {{_folder["pwned"]}}',))
            torch.save(torch.nn.Linear(1, 1), '{{_folder["module.pt"]}}')
            torch.save({'d': torch.float32, 'w': torch.zeros(1)}, '{{_folder["type.pt"]}}')
            data = {'a': Evil()}
            """);
        Refused(_folder["module.pt"], "refers to 'torch.nn.modules.linear.Linear'");
        Refused(_folder["type.pt"], "torch.float32");
        Refused(_folder["p.pt"], "system', which is neither tensor nor plain data and is never loaded");
        File.Exists(_folder["pwned"]).ShouldBeFalse();
    }

    [Theory]
    [InlineData("cos\nsystem\n(X\u0004\0\0\0truetR.", "refers to 'os.system', which is neither tensor nor plain data and is never loaded")]
    [InlineData("cbuiltins\neval\n.", "refers to 'builtins.eval'")]
    [InlineData("\u008c\u0002os\u008c\u0006system\u0093.", "refers to 'os.system'")]
    [InlineData("(ios\nsystem\n.", "opcode 0x69")]
    [InlineData("K\u0001", "ends in the middle of its pickle")]
    [InlineData(".", "takes more from its stack than is there")]
    [InlineData("h\u0007.", "recalls object 7")]
    [InlineData("t.", "an end of items without a beginning")]
    [InlineData("K\u0001K\u0002a.", "appends to something that is no list")]
    [InlineData("}K\u0001K\u0002u.", "an end of items without a beginning")]
    [InlineData("}]K\u0001s.", "a dictionary key that is neither text nor integer")]
    [InlineData("\u008a\u0009123456789.", "more than 64 bits")]
    [InlineData("X\u00ff\u00ff\u00ff\u00ffabc.", "ends in the middle of its pickle")]
    [InlineData("]q\u0000h\u0000a.", "nested too deeply")]
    [InlineData("ctorch\nFloatStorage\n.", "something other than tensors and plain data")]
    [InlineData("(X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\00X\u0003\0\0\0cpuJ\u00ff\u00ff\u00ff\u00fftQ.", "no tensor storage")]
    public void A_pickle_that_does_more_than_hold_data_is_refused_in_one_line(string pickle, string because) =>
        Refused(Write(Encoding.Latin1.GetBytes(pickle)), because);

    [Theory]
    [InlineData(0, 4, 1, "")]
    [InlineData(1, 4, 1, "reaches beyond its storage of 4 elements")]
    [InlineData(0, 2, 4, "reaches beyond its storage of 4 elements")]
    [InlineData(0, 1000000, 0, "")]
    [InlineData(0, -1, 1, "arguments that describe none")]
    [InlineData(-1, 1, 1, "reaches beyond its storage of 4 elements")]
    public void A_tensor_stays_inside_its_storage(int offset, int size, int stride, string because)
    {
        var path = Write(TensorPickle(offset, size, stride), ("archive/data/0", new byte[16]));
        if (because.Length > 0)
        {
            Refused(path, because);
            return;
        }

        using var scope = NewDisposeScope();
        using var archive = TorchArchive.Open(path);
        archive.ReadTensors()[""].numel().ShouldBe(size);
    }

    [Fact]
    public void A_storage_of_another_length_or_none_is_refused()
    {
        RefusedInReading(Write(TensorPickle(0, 4, 1), ("archive/data/0", new byte[12])), "has 12 bytes for the 4 elements");
        RefusedInReading(Write(TensorPickle(0, 4, 1)), "has no storage '0'");
        Refused(Write(TensorPickle(0, 4, 1), ("archive/byteorder", "big"u8.ToArray())), "big-endian");
    }

    [Fact]
    public void A_file_that_is_no_archive_is_refused()
    {
        Refused(_folder.Write("x.pt", "nonsense"u8.ToArray()), "cannot be read as a zip archive");
        Should.Throw<FileNotFoundException>(() => TorchArchive.Open(_folder["none.pt"]));
        using (var zip = ZipFile.Open(_folder["y.pt"], ZipArchiveMode.Create))
        {
            zip.CreateEntry("other");
        }

        Refused(_folder["y.pt"], "holds no data.pkl");
    }

    [Fact]
    public void Damaged_pickles_are_refused_or_read_and_never_do_anything_else()
    {
        var sound = TensorPickle(0, 4, 1);
        var mutation =
            from count in Gen.Choose(1, 4)
            from places in Gen.ArrayOf(Gen.Choose(0, sound.Length - 1), count)
            from values in Gen.ArrayOf(Gen.Choose(0, 255), count)
            select places.Zip(values).ToArray();
        Prop.ForAll(mutation.ToArbitrary(), changes =>
        {
            var bytes = sound.ToArray();
            foreach (var (place, value) in changes)
            {
                bytes[place] = (byte)value;
            }

            return ReadsOrRefuses(Write(bytes, ("archive/data/0", new byte[16])));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    [Fact]
    public void Damaged_files_are_refused_or_read()
    {
        var sound = File.ReadAllBytes(Write(TensorPickle(0, 4, 1), ("archive/data/0", new byte[16])));
        var mutation =
            from length in Gen.Frequency((3, Gen.Constant(sound.Length)), (1, Gen.Choose(0, sound.Length - 1)))
            from place in Gen.Choose(0, sound.Length - 1)
            from value in Gen.Choose(0, 255)
            select (length, place, (byte)value);
        Prop.ForAll(mutation.ToArbitrary(), change =>
        {
            var bytes = sound.ToArray();
            bytes[change.place] = change.Item3;
            return ReadsOrRefuses(_folder.Write("b.pt", bytes[..change.length]));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    [Fact]
    public void Random_pickles_are_refused_or_read_and_never_do_anything_else()
    {
        var opcodes = "(.0NJKMG]}t)aeslud\u0080\u0085\u0086\u0087\u0088\u0089\u008a\u008c\u0094\u0095qhrjcQRbXT\u0000\u0001\u0002"u8.ToArray();
        Prop.ForAll(Gen.ArrayOf(Gen.Elements(opcodes)).Resize(60).ToArbitrary(), program => ReadsOrRefuses(Write(program)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    private static bool ReadsOrRefuses(string path)
    {
        using var scope = NewDisposeScope();
        try
        {
            using var archive = TorchArchive.Open(path);
            archive.ReadTensors();
            return true;
        }
        catch (InvalidDataException error)
        {
            return !error.Message.Contains('\n');
        }
    }

    private static void Refused(string path, string because)
    {
        var error = Should.Throw<InvalidDataException>(() => TorchArchive.Open(path));
        error.Message.ShouldStartWith(path);
        error.Message.ShouldContain(because);
        error.Message.ShouldNotContain("\n");
    }

    private static void RefusedInReading(string path, string because)
    {
        using var scope = NewDisposeScope();
        using var archive = TorchArchive.Open(path);
        Should.Throw<InvalidDataException>(() => archive.ReadTensors()).Message.ShouldContain(because);
    }

    // _rebuild_tensor_v2(storage of 4 floats, offset, (size,), (stride,), False, OrderedDict())
    private static byte[] TensorPickle(int offset, int size, int stride) =>
    [
        .. Latin("\u0080\u0002ctorch._utils\n_rebuild_tensor_v2\n((X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\00X\u0003\0\0\0cpuK\u0004tQJ"),
        .. BitConverter.GetBytes(offset), (byte)'J', .. BitConverter.GetBytes(size), 0x85, (byte)'J', .. BitConverter.GetBytes(stride), 0x85,
        .. Latin("\u0089ccollections\nOrderedDict\n)RtR."),
    ];

    private static byte[] Latin(string text) => Encoding.Latin1.GetBytes(text);

    private string Write(byte[] pickle, params (string Name, byte[] Content)[] others)
    {
        var path = _folder["a.pt"];
        File.Delete(path);
        using var zip = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var (name, content) in others.Prepend(("archive/data.pkl", pickle)))
        {
            using var stream = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
            stream.Write(content);
        }

        return path;
    }

    private string Save(string script)
    {
        var path = _folder["p.pt"];
        Python.Run($"import torch\n{script}\ntorch.save(data, '{path}')").ShouldBeNull();
        return path;
    }
}
