using DiffuSharp.Torch.IO;

namespace DiffuSharp.Torch.Tests.IO;

public sealed class AtomicFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_is_there_when_it_is_whole_and_not_before()
    {
        AtomicFolder.Write(_folder["new/data"], made =>
        {
            File.WriteAllText(Path.Combine(made, "a.txt"), "a");
            Directory.Exists(_folder["new/data"]).ShouldBeFalse();
        });
        File.ReadAllText(_folder["new/data/a.txt"]).ShouldBe("a");
        Directory.GetFileSystemEntries(_folder["new"]).ShouldBe([_folder["new/data"]]);
    }

    [Fact]
    public void A_failure_leaves_nothing()
    {
        Should.Throw<NotSupportedException>(() => AtomicFolder.Write(_folder["data"], made =>
        {
            File.WriteAllText(Path.Combine(made, "a.txt"), "a");
            throw new NotSupportedException();
        }));
        _folder.Entries.ShouldBeEmpty();
    }

    [Fact]
    public void A_folder_is_removed_with_all_that_is_in_it_and_one_that_is_not_there_is_none_to_remove()
    {
        _folder.Write("data/a.txt", [1]);
        AtomicFolder.Remove(_folder["data"]);
        _folder.Entries.ShouldBeEmpty();
        AtomicFolder.Remove(_folder["data"]);
    }

    [Fact]
    public void Removing_a_folder_that_is_a_link_leaves_what_it_leads_to()
    {
        _folder.Write("elsewhere/a.txt", [1]);
        Directory.CreateSymbolicLink(_folder["data"], _folder["elsewhere"]);
        AtomicFolder.Remove(_folder["data"]);
        _folder.Entries.ShouldBe(["elsewhere"]);
        File.Exists(_folder["elsewhere/a.txt"]).ShouldBeTrue();
    }
}
