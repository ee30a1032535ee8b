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

    [Fact]
    public void What_is_replaced_keeps_its_permissions()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var path = _folder.Write("a.bin", [1]);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        AtomicFile.Write(path, stream => stream.WriteByte(2));
        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_link_stays_a_link_and_the_file_is_written(bool exists)
    {
        var target = _folder["elsewhere/a.bin"];
        Directory.CreateDirectory(_folder["elsewhere"]);
        if (exists)
        {
            File.WriteAllBytes(target, [1]);
        }

        File.CreateSymbolicLink(_folder["link.bin"], Path.Combine("elsewhere", "a.bin"));
        AtomicFile.Write(_folder["link.bin"], stream => stream.WriteByte(2));
        new FileInfo(_folder["link.bin"]).LinkTarget.ShouldNotBeNull();
        File.ReadAllBytes(target).ShouldBe([2]);
    }

    [Fact]
    public void Names_as_long_as_the_file_system_allows_are_written()
    {
        var name = new string('a', 255);
        AtomicFile.Write(_folder[name], stream => stream.WriteByte(2));
        _folder.Entries.ShouldBe([name]);
    }

    [Fact]
    public void Remnants_go_and_what_is_being_written_or_is_not_ours_stays()
    {
        string[] others = [".notes.tmp", ".diffusharp-notes.tmp", ".diffusharp-0123456789ABCDEF.tmp", "diffusharp-0123456789abcdef.tmp"];
        foreach (var name in others)
        {
            _folder.Write(name, [1]);
        }

        _folder.Write(".diffusharp-0000000000000001.tmp", [1]);
        _folder.Write(".diffusharp-0000000000000002.lock", [1]);
        _folder.Write(".diffusharp-0000000000000003.tmp/image.png", [1]);
        using var live = new FileStream(_folder[".diffusharp-0000000000000004.tmp"], FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read);
        using var made = LockFile.TryTake(_folder[".diffusharp-0000000000000005.lock"]);
        _folder.Write(".diffusharp-0000000000000005.tmp/image.png", [1]);

        AtomicFile.Write(_folder["a.bin"], stream => stream.WriteByte(1));

        string[] expected =
        [
            .. others, "a.bin", ".diffusharp-0000000000000004.tmp", ".diffusharp-0000000000000005.lock", ".diffusharp-0000000000000005.tmp",
        ];
        _folder.Entries.ShouldBe(expected, ignoreOrder: true);
    }

    [Fact]
    public async Task A_file_can_be_read_as_soon_as_it_has_its_name()
    {
        var path = _folder["a.bin"];
        using var stop = new CancellationTokenSource();
        var reader = Task.Run(() =>
        {
            var reads = 0;
            while (!stop.IsCancellationRequested)
            {
                if (File.Exists(path))
                {
                    File.ReadAllBytes(path).Length.ShouldBe(1);
                    reads++;
                }
            }

            return reads;
        });
        for (var i = 0; i < 200; i++)
        {
            AtomicFile.Write(path, stream => stream.WriteByte(1));
        }

        await stop.CancelAsync();
        (await reader).ShouldBeGreaterThan(0);
    }
}
