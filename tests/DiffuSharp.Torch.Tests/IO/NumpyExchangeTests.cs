using DiffuSharp.Torch.IO;

namespace DiffuSharp.Torch.Tests.IO;

/// <summary>NumPy reads what we write and we read what NumPy writes.</summary>
public sealed class NumpyExchangeTests : IDisposable
{
    private static readonly string[] s_descrs = ["|b1", "|u1", "|i1", "<i2", "<i4", "<i8", "<f2", "<f4", "<f8"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [NumpyFact]
    public void Numpy_reads_what_is_written()
    {
        (string Name, NpyValue Value)[] arrays =
        [
            ("b1", NpyArray.Create([true, false, true, true, false, false], 2, 3)),
            ("u1", NpyArray.Create<byte>([0, 1, 2, 3, 4, 255], 2, 3)),
            ("i1", NpyArray.Create<sbyte>([0, 1, 2, 3, 4, -128], 2, 3)),
            ("i2", NpyArray.Create<short>([0, 1, 2, 3, 4, -300], 2, 3)),
            ("i4", NpyArray.Create([0, 1, 2, 3, 4, -70000], 2, 3)),
            ("i8", NpyArray.Create([0, 1, 2, 3, 4, -5000000000], 2, 3)),
            ("f2", NpyArray.Create([(Half)0, (Half)1, (Half)2, (Half)3, (Half)4, (Half)(-0.5)], 2, 3)),
            ("f4", NpyArray.Create([0, 1, 2, 3, 4, -0.5f], 2, 3)),
            ("f8", NpyArray.Create([0, 1, 2, 3, 4, -0.5], 2, 3)),
            ("scalar", NpyArray.Create([2.5])),
            ("none", NpyArray.Create<float>([], 0, 7)),
            ("protocol", new NpyStrings("σ \U0001F600")),
            ("names", new NpyStrings([2, 2], ["a", "", "long one", "b"])),
        ];
        NpzFile.Write(_folder["stored.npz"], arrays);
        NpzFile.Write(_folder["deflated.npz"], arrays, compress: true);
        NpyFile.Write(_folder["f8.npy"], arrays[8].Value);
        NpyFile.Write(_folder["protocol.npy"], arrays[11].Value);
        Numpy.Run(
            """
            import sys, numpy as np
            last = dict(b1=False, u1=255, i1=-128, i2=-300, i4=-70000, i8=-5000000000, f2=-0.5, f4=-0.5, f8=-0.5)
            for path in sys.argv[1:3]:
                f = np.load(path)
                assert f.files == list(last) + ['scalar', 'none', 'protocol', 'names'], f.files
                for name in last:
                    assert f[name].dtype.str[1:] == name and f[name].shape == (2, 3), f[name]
                    assert f[name][1, 2] == last[name] and f[name][0, 1] == (name != 'b1'), f[name]
                assert f['scalar'].shape == () and f['scalar'] == 2.5
                assert f['none'].shape == (0, 7) and f['none'].dtype == np.float32
                assert str(f['protocol']) == 'σ \U0001F600'
                assert f['names'].tolist() == [['a', ''], ['long one', 'b']]
            assert np.load(sys.argv[3]).tolist() == [[0, 1, 2], [3, 4, -0.5]]
            assert str(np.load(sys.argv[4])) == 'σ \U0001F600'
            """,
            _folder["stored.npz"], _folder["deflated.npz"], _folder["f8.npy"], _folder["protocol.npy"]);
    }

    [NumpyFact]
    public void What_numpy_writes_is_read()
    {
        Numpy.Run(
            """
            import sys, numpy as np
            from numpy.lib import format
            stored, deflated, version2, version3 = sys.argv[1:5]
            arrays = {d: np.arange(24).reshape(2, 3, 4).astype(d) for d in sys.argv[5:]}
            arrays['fortran'] = np.asfortranarray(np.arange(24.0).reshape(2, 3, 4))
            arrays['scalar'] = np.float64(2.5)
            arrays['none'] = np.zeros((0, 7), 'f')
            arrays['protocol'] = np.array('σ \U0001F600')
            arrays['names'] = np.asfortranarray([['a', ''], ['long one', 'b']])
            np.savez(stored, **arrays)
            np.savez_compressed(deflated, **arrays)
            for path, version in ((version2, (2, 0)), (version3, (3, 0))):
                with open(path, 'wb') as f:
                    format.write_array(f, arrays['fortran'], version)
            """,
            [_folder["stored.npz"], _folder["deflated.npz"], _folder["2.npy"], _folder["3.npy"], .. s_descrs]);

        double[] counted = [.. Enumerable.Range(0, 24).Select(i => (double)i)];
        foreach (var name in (string[])["stored.npz", "deflated.npz"])
        {
            using var file = NpzFile.Open(_folder[name]);
            file.Names.Count.ShouldBe(s_descrs.Length + 5);
            file.ReadArray("|b1").AsSpan<bool>().ToArray().ShouldBe(counted.Select(i => i != 0));
            file.ReadArray("|u1").AsSpan<byte>().ToArray().ShouldBe(counted.Select(i => (byte)i));
            file.ReadArray("|i1").AsSpan<sbyte>().ToArray().ShouldBe(counted.Select(i => (sbyte)i));
            file.ReadArray("<i2").AsSpan<short>().ToArray().ShouldBe(counted.Select(i => (short)i));
            file.ReadArray("<i4").AsSpan<int>().ToArray().ShouldBe(counted.Select(i => (int)i));
            file.ReadArray("<i8").AsSpan<long>().ToArray().ShouldBe(counted.Select(i => (long)i));
            file.ReadArray("<f2").AsSpan<Half>().ToArray().ShouldBe(counted.Select(i => (Half)i));
            file.ReadArray("<f4").AsSpan<float>().ToArray().ShouldBe(counted.Select(i => (float)i));
            file.ReadArray("<f8").AsSpan<double>().ToArray().ShouldBe(counted);
            file.ReadArray("fortran").Shape.ShouldBe([2, 3, 4]);
            file.ReadArray("fortran").AsSpan<double>().ToArray().ShouldBe(counted);
            file.ReadArray("scalar").Shape.ShouldBeEmpty();
            file.ReadArray("scalar").AsSpan<double>()[0].ShouldBe(2.5);
            file.ReadArray("none").Shape.ShouldBe([0, 7]);
            file.ReadStrings("protocol").Values.ShouldBe(["σ \U0001F600"]);
            file.ReadStrings("names").Values.ShouldBe(["a", "", "long one", "b"]);
        }

        NpyFile.ReadArray(_folder["2.npy"]).AsSpan<double>().ToArray().ShouldBe(counted);
        NpyFile.ReadArray(_folder["3.npy"]).AsSpan<double>().ToArray().ShouldBe(counted);
    }
}
