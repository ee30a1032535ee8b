using DiffuSharp.Torch.IO;

namespace DiffuSharp.Torch.Tests.IO;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Replaces_the_file_and_leaves_no_temporary()
    {
        var path = _folder.Write("a.bin", [1, 2, 3]);
        AtomicFile.Write(path, stream => stream.Write([4, 5]));
        File.ReadAllBytes(path).ShouldBe([4, 5]);
        _folder.Entries.ShouldBe(["a.bin"]);
    }

    [Fact]
    public void Keeps_the_old_file_while_the_new_one_is_written()
    {
        var path = _folder.Write("a.bin", [1, 2, 3]);
        AtomicFile.Write(path, stream =>
        {
            stream.Write([4, 5]);
            stream.Flush();
            File.ReadAllBytes(path).ShouldBe([1, 2, 3]);
        });
    }

    [Fact]
    public void A_failing_writer_leaves_the_old_file_and_no_temporary()
    {
        var path = _folder.Write("a.bin", [1, 2, 3]);
        Should.Throw<NotSupportedException>(() => AtomicFile.Write(path, stream =>
        {
            stream.WriteByte(4);
            throw new NotSupportedException();
        }));
        File.ReadAllBytes(path).ShouldBe([1, 2, 3]);
        _folder.Entries.ShouldBe(["a.bin"]);
    }

    [Fact]
    public void A_missing_folder_is_made()
    {
        AtomicFile.Write(_folder["new/a.bin"], stream => stream.WriteByte(1));
        File.ReadAllBytes(_folder["new/a.bin"]).ShouldBe([1]);
    }
}
