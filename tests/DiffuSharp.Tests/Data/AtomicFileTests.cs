using DiffuSharp.Torch.IO;

namespace DiffuSharp.Tests.Data;

public class AtomicFileTests
{
    [Fact]
    public void AFailedWriteLeavesTheOldFileAndNothingElse()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.bin", [1, 2, 3]);
        Should.Throw<InvalidOperationException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write([9, 9]);
            throw new InvalidOperationException("stop");
        }));
        File.ReadAllBytes(path).ShouldBe([1, 2, 3]);
        folder.Entries.ShouldBe(["a.bin"]);
    }

    [Fact]
    public void ASuccessfulWriteReplacesTheFileAndCreatesFolders()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.Write(folder["x/y.bin"], stream => stream.Write([1, 2, 3]));
        AtomicFile.Write(folder["x/y.bin"], stream => stream.Write([4]));
        File.ReadAllBytes(folder["x/y.bin"]).ShouldBe([4]);
        Directory.GetFiles(folder["x"]).Length.ShouldBe(1);
    }

    [Fact]
    public void AFullDiskIsAnIoErrorAndTheNameStaysFree()
    {
        if (!File.Exists("/dev/full"))
        {
            return;
        }

        using var folder = new TemporaryFolder();
        Should.Throw<IOException>(() => AtomicFile.Write(folder["a.bin"], _ =>
        {
            using var full = File.OpenWrite("/dev/full");
            full.Write(new byte[1 << 20]);
            full.Flush(flushToDisk: true);
        }));
        folder.Entries.ShouldBeEmpty();
    }
}
