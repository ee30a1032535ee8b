using DiffuSharp.Cli.Commands;

namespace DiffuSharp.Tests.Cli;

/// <summary>What one process writes no other does at the same time.</summary>
public sealed class OneWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("dataset convert --source missing --dest")]
    [InlineData("evaluate ref --data missing --dest")]
    [InlineData("codec encode --dest")]
    [InlineData("classifier train --out")]
    [InlineData("encode --out")]
    [InlineData("denoise --out")]
    [InlineData("interpolate --out")]
    [InlineData("search compare --dest")]
    [InlineData("plot missing.jsonl --x a --y b --dest")]
    [InlineData("model import missing --from diffusers --dest")]
    [InlineData("model card --out")]
    [InlineData("sampler save")]
    public void A_file_that_another_process_writes_is_refused_at_the_start(string words)
    {
        var path = _folder["a.bin"];
        using var held = WriterLock.Whole(path);
        CommandLine.Run([.. words.Split(' '), path]).ShouldBeRefused("a.bin: another process writes it");
    }

    [Fact]
    public void A_tuning_run_that_another_process_writes_is_refused_at_the_start()
    {
        using var held = WriterLock.Folder(_folder["tune"]);
        CommandLine.Run("tune", "--nfe", "4", "--outdir", _folder["tune"]).ShouldBeRefused("tune: another process writes it");
    }

    [Fact]
    public void A_folder_of_samples_that_another_process_writes_is_refused()
    {
        using var held = WriterLock.Folder(_folder["out"]);
        using var folder = new SampleFolder(_folder["out"], subdirs: false, grid: false);
        var record = new SampleRecord { Model = "m", ModelSha256 = "", Sampler = "edm", Options = new Dictionary<string, string>() };
        Should.Throw<InvalidInputException>(() => folder.Prepare(record, overwrite: false)).Message.ShouldContain("another process writes it");
    }
}
