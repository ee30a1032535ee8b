using DiffuSharp.Training;

namespace DiffuSharp.Tests.Training;

public sealed class RunDirectoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Runs_are_numbered_after_the_highest_there_is()
    {
        Path.GetFileName(RunDirectory.Create(_folder.Path, "a").Path).ShouldBe("00000-a");
        Directory.CreateDirectory(_folder["00041-b"]);
        Directory.CreateDirectory(_folder["notes"]);
        Path.GetFileName(RunDirectory.Create(_folder.Path, "c").Path).ShouldBe("00042-c");
    }

    [Fact]
    public void The_latest_run_is_the_one_with_the_highest_number_that_has_options()
    {
        foreach (var name in new[] { "a", "b" })
        {
            File.WriteAllText(RunDirectory.Create(_folder.Path, name).OptionsFile, "{}");
        }

        RunDirectory.Create(_folder.Path, "empty");
        Path.GetFileName(RunDirectory.OpenLatest(_folder.Path).Path).ShouldBe("00001-b");
    }

    [Fact]
    public void States_are_found_by_images_and_only_the_latest_are_kept()
    {
        var run = RunDirectory.Create(_folder.Path, "a");
        run.LatestState().ShouldBeNull();
        foreach (var images in new[] { 9_000L, 10_000L, 1_000_000_000L, 200_500L })
        {
            File.WriteAllText(run.StateFile(images), "");
        }

        run.LatestState().ShouldBe(run.StateFile(1_000_000_000));
        Path.GetFileName(run.StateFile(200_500)).ShouldBe("training-state-000200.safetensors");
        run.KeepLatestStates(run.StateFile(1_000_000_000), 2);
        Directory.GetFiles(run.Path).Order().ShouldBe(new[] { run.StateFile(1_000_000_000), run.StateFile(200_500) }.Order());
    }

    [Fact]
    public void States_after_the_one_just_written_are_removed()
    {
        var run = RunDirectory.Create(_folder.Path, "a");
        foreach (var images in new[] { 1_000L, 2_000L, 3_000L, 9_000L })
        {
            File.WriteAllText(run.StateFile(images), "");
        }

        run.KeepLatestStates(run.StateFile(3_000), 2);
        Directory.GetFiles(run.Path).Order().ShouldBe([run.StateFile(2_000), run.StateFile(3_000)]);
    }

    [Fact]
    public void Runs_that_are_made_at_once_get_numbers_of_their_own()
    {
        var paths = new string[24];
        Parallel.For(0, paths.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            paths[i] = RunDirectory.Create(_folder.Path, i % 2 == 0 ? "a" : "b").Path);
        paths.Select(path => Path.GetFileName(path)[..5]).Distinct(StringComparer.Ordinal).Count().ShouldBe(paths.Length);
        _folder.Entries.Length.ShouldBe(paths.Length);
    }

    [Fact]
    public void A_number_that_another_process_is_taking_is_left_to_it()
    {
        File.WriteAllText(_folder[".00000.claim"], "");
        Path.GetFileName(RunDirectory.Create(_folder.Path, "a").Path).ShouldBe("00001-a");
    }

    [Fact]
    public void Only_one_run_at_a_time_writes_into_a_directory()
    {
        var run = RunDirectory.Create(_folder.Path, "a");
        using (WriterLock.Folder(run.Path))
        {
            Should.Throw<InvalidInputException>(() => WriterLock.Folder(run.Path)).Message.ShouldContain("another process writes it");
        }

        WriterLock.Folder(run.Path).Dispose();
    }

    [Fact]
    public void What_a_killed_run_was_writing_is_removed_by_the_next_and_files_of_the_user_stay()
    {
        var run = RunDirectory.Create(_folder.Path, "a");
        File.WriteAllText(Path.Combine(run.Path, ".notes.tmp"), "");
        File.WriteAllText(Path.Combine(run.Path, ".diffusharp-0123456789abcdef.tmp"), "");
        WriterLock.Folder(run.Path).Dispose();
        Directory.GetFiles(run.Path).Select(Path.GetFileName).ShouldBe([".notes.tmp"]);
    }

    [Fact]
    public void A_folder_without_a_run_cannot_be_resumed()
    {
        Should.Throw<InvalidInputException>(() => RunDirectory.Open(_folder.Path));
        Should.Throw<InvalidInputException>(() => RunDirectory.OpenLatest(_folder.Path));
        Should.Throw<InvalidInputException>(() => RunDirectory.OpenLatest(_folder["nowhere"]));
    }

    [Fact]
    public void A_folder_with_a_run_is_not_taken_for_a_new_one()
    {
        var run = RunDirectory.CreateIn(_folder["x"]);
        File.WriteAllText(run.OptionsFile, "{}");
        Should.Throw<InvalidInputException>(() => RunDirectory.CreateIn(_folder["x"])).Message.ShouldContain("--resume");
        RunDirectory.Open(_folder["x"]).Path.ShouldBe(run.Path);
    }

    public void Dispose() => _folder.Dispose();
}
