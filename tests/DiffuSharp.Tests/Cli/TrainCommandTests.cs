using System.Globalization;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Networks;
using DiffuSharp.Tests.Training;
using DiffuSharp.Training;

namespace DiffuSharp.Tests.Cli;

/// <summary>Training as a process of its own.</summary>
[Collection(TrainingCollection.Name)]
public sealed class TrainCommandTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    [Fact]
    public async Task A_run_killed_at_any_moment_and_resumed_ends_in_the_same_bits()
    {
        using (var killed = ProgramProcess.Start(Flags("killed", duration: "100M")))
        {
            await killed.Until(() => Directory.Exists(_tiny.Folder["killed"])
                && Directory.GetFiles(_tiny.Folder["killed"], "training-state-000001*", SearchOption.AllDirectories).Length > 0);
            await killed.Kill();
        }

        // How far it got until it was killed depends on how busy the machine is.
        var run = RunDirectory.OpenLatest(_tiny.Folder["killed"]);
        var end = int.Parse(Path.GetFileNameWithoutExtension(run.LatestState()!)[^6..], CultureInfo.InvariantCulture) + 2;
        using (var resumed = ProgramProcess.Start("train", "--resume", "latest", "--outdir", _tiny.Folder["killed"], "--duration", $"{end}k"))
        {
            (await resumed.End()).ShouldBe(0);
        }

        using (var straight = ProgramProcess.Start(Flags("straight", duration: $"{end}k")))
        {
            (await straight.End()).ShouldBe(0);
        }

        var expected = RunDirectory.OpenLatest(_tiny.Folder["straight"]);
        TinyRun.SameBytes(run.StateFile(end * 1000L), expected.StateFile(end * 1000L)).ShouldBeTrue();
        ModelFile.ReadDescription(run.SnapshotFile(end * 1000L)).TrainingKimg.ShouldBe(end);
    }

    [Fact]
    public async Task What_train_wrote_can_be_sampled_without_other_flags()
    {
        using var trainer = new Trainer(_tiny.Options with { TotalImages = 16 });
        var result = trainer.Run(_tiny.Directory());
        using var process = ProgramProcess.Start("sample", "--net", result.Snapshot, "--outdir", _tiny.Folder["samples"], "--seeds", "0-2");
        (await process.End()).ShouldBe(0);
        File.Exists(_tiny.Folder["samples/000002.png"]).ShouldBeTrue();
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public async Task Ctrl_C_its_like_and_a_closed_terminal_save_and_end_with_130(string signal)
    {
        using var process = ProgramProcess.Start(Flags("cut", duration: "100M"));
        await process.Error.ReadLineAsync();
        await process.Interrupt(signal);

        (await process.End()).ShouldBe(130);
        var run = RunDirectory.OpenLatest(_tiny.Folder["cut"]);
        run.LatestState().ShouldNotBeNull();
        File.ReadAllText(run.LogFile).ShouldContain("continue with --resume");
    }

    [Fact]
    public async Task Changed_hyper_parameters_are_refused_on_resume()
    {
        var run = RunDirectory.Create(_tiny.Folder["runs"], "x");
        using (var trainer = new Trainer(_tiny.Options with { TotalImages = 16 }))
        {
            trainer.Run(run);
        }

        using var process = ProgramProcess.Start("train", "--resume", run.Path, "--lr", "0.5");
        (await process.End()).ShouldBe(2);
        (await process.ReadError()).ShouldContain("lr 0.002 -> 0.5");
    }

    [Fact]
    public void Going_back_to_an_earlier_state_needs_override()
    {
        var run = RunDirectory.Create(_tiny.Folder["runs"], "x");
        using (var trainer = new Trainer(_tiny.Options with { TotalImages = 2000, Batch = 500, Tick = 1000, Dump = 1 }))
        {
            trainer.Run(run);
        }

        CommandLine.Run("train", "--resume", run.StateFile(1000)).ShouldBeRefused("would remove the later training-state-000002.safetensors");
        File.Exists(run.StateFile(2000)).ShouldBeTrue();
        CommandLine.Run("train", "--resume", run.StateFile(1000), "--override", "--duration", "1.5k").ExitCode.ShouldBe(0);
        File.Exists(run.StateFile(2000)).ShouldBeFalse();
    }

    [Fact]
    public void A_run_that_another_process_writes_is_not_resumed()
    {
        var run = RunDirectory.Create(_tiny.Folder["runs"], "x");
        using (var trainer = new Trainer(_tiny.Options with { TotalImages = 16 }))
        {
            trainer.Run(run);
        }

        using var held = WriterLock.Folder(run.Path);
        CommandLine.Run("train", "--resume", "latest", "--outdir", _tiny.Folder["runs"]).ShouldBeRefused("another process writes it");
    }

    [Fact]
    public void Labels_are_dropped_with_the_probability_asked_for()
    {
        var run = CommandLine.Run("train", "--data", _tiny.Data, "--cond", "--label-dropout", "0.25", "--dry-run");
        TrainingOptions.FromJson(run.Output).Network.LabelDropout.ShouldBe(0.25);
        CommandLine.Run("train", "--data", _tiny.Data, "--cond", "--label-dropout", "2").ShouldBeRefused("label_dropout 2");
    }

    [Theory]
    [InlineData("200", 1000, 200_000L)]
    [InlineData("200k", 1e6, 200_000L)]
    [InlineData("1.5M", 1000, 1_500_000L)]
    [InlineData("0.2", 1e6, 200_000L)]
    [InlineData("x", 1, null)]
    [InlineData("", 1, null)]
    [InlineData("-1", 1, null)]
    public void Amounts_of_training_have_suffixes_or_the_unit_of_their_flag(string text, double unit, long? images) =>
        ImageCount.Parse(text, unit).ShouldBe(images);

    public void Dispose() => _tiny.Dispose();

    private string[] Flags(string outdir, string duration) =>
    [
        "train", "--data", _tiny.Data, "--outdir", _tiny.Folder[outdir], "--cbase", "8", "--cres", "1,2", "--duration", duration, "--batch", "20",
        "--tick", "100e-3", "--dump", "1", "--snap", "0", "--lr-rampup", "1k", "--ema", "1k", "--augment", "0.3", "--threads", "1", "--cond",
    ];
}
