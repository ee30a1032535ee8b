namespace DiffuSharp.Tests;

public sealed class WriterLockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_has_one_writer_by_whatever_name()
    {
        Directory.CreateDirectory(_folder["a"]);
        Directory.CreateSymbolicLink(_folder["link"], _folder["a"]);
        using (WriterLock.Folder(_folder["a"]))
        {
            Should.Throw<InvalidInputException>(() => WriterLock.Folder(_folder["a/"])).Message.ShouldContain("another process writes it");
            Should.Throw<InvalidInputException>(() => WriterLock.Folder(_folder["link"])).Message.ShouldContain("another process writes it");
            WriterLock.Folder(_folder["b"]).Dispose();
        }

        WriterLock.Folder(_folder["a"]).Dispose();
        Directory.GetFileSystemEntries(_folder["a"]).ShouldBeEmpty();
    }

    [Fact]
    public void A_file_has_one_writer_by_whatever_name()
    {
        File.CreateSymbolicLink(_folder["link"], _folder["a.bin"]);
        using (WriterLock.Whole(_folder["a.bin"]))
        {
            Should.Throw<InvalidInputException>(() => WriterLock.Whole(_folder["a.bin"])).Message.ShouldContain("another process writes it");
            Should.Throw<InvalidInputException>(() => WriterLock.Whole(_folder["link"])).Message.ShouldContain("another process writes it");
            WriterLock.Whole(_folder["b.bin"]).Dispose();
        }

        _folder.Entries.ShouldBe(["link"]);
    }

    [Fact]
    public void Folders_that_were_made_and_stayed_empty_go()
    {
        WriterLock.Folder(_folder["x/y/z"]).Dispose();
        _folder.Entries.ShouldBeEmpty();
        using (WriterLock.Whole(_folder["x/a.bin"]))
        {
            File.WriteAllText(_folder["x/a.bin"], "");
        }

        Directory.GetFileSystemEntries(_folder["x"]).ShouldBe([_folder["x/a.bin"]]);
    }

    [Fact]
    public void A_file_is_no_folder_to_write_to()
    {
        _folder.Write("a", [1]);
        Should.Throw<InvalidInputException>(() => WriterLock.Folder(_folder["a"])).Message.ShouldContain("is a file");
    }
}
