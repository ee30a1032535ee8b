using DiffuSharp.Data;
using DiffuSharp.Tests.Training;
using DiffuSharp.Training;

namespace DiffuSharp.Tests.Cli;

/// <summary>What happens when a file cannot be written to its end.</summary>
[Collection(TrainingCollection.Name)]
public sealed class FullDiskTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Fact]
    public async Task Sampling_ends_in_one_line_with_whole_images_and_no_half_archive()
    {
        var model = TinyModel.Save(_tiny.Folder["model.safetensors"]);
        using var process = ProgramProcess.StartWithFileLimit(
            1, "sample", "--net", model, "--outdir", _tiny.Folder["out"], "--npz", _tiny.Folder["a.npz"], "--seeds", "0-31", "--steps", "2", "--threads", "1");
        var error = await process.ReadError();

        (await process.End()).ShouldBe(2);
        error.ShouldStartWith("diffusharp: ");
        error.ShouldContain("a.npz: larger than the file system or 'ulimit -f' allows");
        error.TrimEnd('\n').ShouldNotContain("\n");
        var images = Directory.GetFiles(_tiny.Folder["out"], "*.png");
        images.Length.ShouldBe(32);
        images.ShouldAllBe(file => ImageFile.Read(file).Shape == new ImageShape(1, 8, 8));
        _tiny.Folder.Entries.ShouldNotContain(name => name.Contains("a.npz"));
    }

    [Fact]
    public async Task Training_ends_in_one_line_without_a_half_snapshot_and_can_be_resumed()
    {
        using var process = ProgramProcess.StartWithFileLimit(
            16, "train", "--data", _tiny.Data, "--outdir", _tiny.Folder["runs"], "--cbase", "8", "--cres", "1,2", "--duration", "0.1k", "--batch", "20", "--threads", "1");
        var error = await process.ReadError();

        (await process.End()).ShouldBe(2);
        var lines = error.TrimEnd('\n').Split('\n');
        lines[^1].ShouldContain("safetensors: larger than the file system or 'ulimit -f' allows");
        lines[^1].ShouldStartWith("diffusharp: ");
        lines[..^1].ShouldAllBe(line => !line.StartsWith("diffusharp: ", StringComparison.Ordinal));
        var run = RunDirectory.OpenLatest(_tiny.Folder["runs"]);
        Directory.EnumerateFiles(run.Path).Select(Path.GetFileName).ShouldBe(["log.txt", "stats.jsonl", "training_options.json"], ignoreOrder: true);

        CommandLine.Run("train", "--resume", run.Path).ExitCode.ShouldBe(0);
        File.Exists(run.SnapshotFile(100)).ShouldBeTrue();
    }
}
