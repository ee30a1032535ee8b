using DiffuSharp.Torch.IO;
using FsCheck;
using FsCheck.Fluent;

namespace DiffuSharp.Torch.Tests.IO;

/// <summary>A damaged file is read or refused with the one error of bad files, and never makes the reader allocate without bound.</summary>
public sealed class DamagedFileTests : IDisposable
{
    private const int Trials = 1000;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Safetensors()
    {
        var path = _folder["valid"];
        SafetensorsWriter.Write(
            path,
            [
                new("weight", ScalarType.Float32, [2, 3], new byte[24]),
                new("scalar", ScalarType.Int64, [], new byte[8]),
                new("flag", ScalarType.Bool, [3], new byte[3]),
                new("none", ScalarType.BFloat16, [0, 4], ReadOnlyMemory<byte>.Empty),
            ],
            new Dictionary<string, string> { ["network"] = "ddpmpp", ["note"] = "σ\n\"" });
        Check(path, 4, 64 << 10, damaged =>
        {
            using var file = SafetensorsFile.Open(damaged);
            foreach (var entry in file.Entries)
            {
                file.Read(entry, new byte[entry.ByteLength]);
            }
        });
    }

    [Fact]
    public void A_header_of_many_tensors_takes_memory_in_proportion()
    {
        var path = _folder["many"];
        SafetensorsWriter.Write(path, Enumerable.Range(0, 20_000)
            .Select(i => new SafetensorsTensor($"{i}", ScalarType.Byte, [0], ReadOnlyMemory<byte>.Empty)));
        var before = GC.GetAllocatedBytesForCurrentThread();
        SafetensorsFile.Open(path).Dispose();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(8 * new FileInfo(path).Length);
    }

    [Fact]
    public void Npy_numbers()
    {
        var path = _folder["valid"];
        NpyFile.Write(path, NpyArray.Create([1f, 2, 3, 4, 5, 6], 2, 3));
        Check(path, 4, 64 << 10, damaged => NpyFile.Read(damaged));
    }

    [Fact]
    public void Npy_text()
    {
        var path = _folder["valid"];
        NpyFile.Write(path, new NpyStrings([2, 2], ["edm", "heun", "", "σ"]));
        Check(path, 4, 64 << 10, damaged => NpyFile.Read(damaged));
    }

    [Fact]
    public void Npz_stored() => CheckNpz(compress: false, 256 << 10);

    [Fact]
    public void Npz_deflated() => CheckNpz(compress: true, 2 << 20); // Deflate packs up to 1032 bytes into one.

    private void CheckNpz(bool compress, int constant)
    {
        var path = _folder["valid"];
        NpzFile.Write(path, [("mu", NpyArray.Create([1d, 2], 2)), ("protocol", new NpyStrings("edm"))], compress);
        Check(path, 4, constant, damaged =>
        {
            using var file = NpzFile.Open(damaged);
            foreach (var name in file.Names)
            {
                file.Read(name);
            }
        });
    }

    private void Check(string validPath, int factor, int constant, Action<string> read)
    {
        var valid = File.ReadAllBytes(validPath);
        read(validPath);
        var refused = 0;
        Prop.ForAll(Mutation.Several, mutations =>
        {
            var content = mutations.Aggregate(valid, (bytes, mutation) => mutation.Apply(bytes));
            var path = _folder.Write("damaged", content);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read(path);
            }
            catch (InvalidDataException e)
            {
                refused++;
                e.Message.ShouldStartWith(path);
                e.Message.Any(char.IsControl).ShouldBeFalse();
            }

            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan((factor * content.Length) + constant);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Trials));
        refused.ShouldBeGreaterThan(Trials / 4);
    }
}
