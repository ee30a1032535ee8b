using DiffuSharp.TestRanks;
using DiffuSharp.Tests.Cli;
using DiffuSharp.Torch;
using DiffuSharp.Torch.IO;
using DiffuSharp.Training;

namespace DiffuSharp.Tests.Training;

/// <summary>Training by several real processes.</summary>
[Collection(TrainingCollection.Name)]
public sealed class RankTrainingTests : IDisposable
{
    private const int Steps = 20;

    private static readonly Dictionary<string, string> s_none = [];
    private static readonly string s_rank = typeof(RankProgram).Assembly.Location;

    private readonly TinyRun _tiny = new();

    public void Dispose() => _tiny.Dispose();

    // Micro-batches of the size of a part draw the dropout masks that ranks draw. Without augmentation, which computes in float32 always.
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Ranks_take_the_steps_of_one_process_with_the_same_batch(int ranks)
    {
        var options = _tiny.Options with { BatchGpu = _tiny.Options.Batch / ranks, Augment = 0 };
        var alone = await Steps64(1, options, "alone");
        var shared = await Steps64(ranks, options, "shared");
        alone.Lines.Length.ShouldBe(Steps);
        foreach (var (one, other) in alone.Lines.Zip(shared.Lines))
        {
            foreach (var (expected, actual) in Numbers(one).Zip(Numbers(other)))
            {
                actual.ShouldBe(expected, 1e-6 * expected);
            }
        }

        foreach (var kind in new[] { "network.", "ema.", "optimizer.exp_avg.", "optimizer.exp_avg_sq." })
        {
            Difference(alone.State, shared.State, kind).ShouldBeLessThan(1e-13);
        }
    }

    [Fact]
    public async Task The_same_number_of_ranks_gives_the_same_bits()
    {
        var one = await Steps64(2, _tiny.Options, "one");
        var other = await Steps64(2, _tiny.Options, "other");
        other.Lines.ShouldBe(one.Lines);
        TinyRun.SameBytes(one.State, other.State).ShouldBeTrue();
    }

    [Fact]
    public async Task A_run_of_ranks_is_resumed_in_the_same_bits_and_by_one_process_too()
    {
        await Launch(2, "straight", "--duration", "4k");
        await Launch(2, "cut", "--duration", "2k");
        var ended = await RankProcesses.Run(s_none, [ProgramProcess.Program, "launch", "--nproc", "2", "train", "--resume", "latest", "--outdir", _tiny.Folder["cut"], "--duration", "4k"]);
        ended.Error.ShouldContain("2 processes, ");
        ended.ExitCode.ShouldBe(0);
        var (straight, cut) = (RunDirectory.OpenLatest(_tiny.Folder["straight"]), RunDirectory.OpenLatest(_tiny.Folder["cut"]));
        TinyRun.SameBytes(straight.StateFile(4000), cut.StateFile(4000)).ShouldBeTrue();
        TinyRun.SameBytes(straight.SnapshotFile(4000), cut.SnapshotFile(4000)).ShouldBeTrue();

        var alone = CommandLine.Run("train", "--resume", cut.Path, "--duration", "5k");
        alone.ExitCode.ShouldBe(0);
        alone.Error.ShouldContain("resumed with ranks 2 -> 1: the bits may differ");
    }

    [Fact]
    public async Task A_batch_that_cannot_be_shared_is_refused()
    {
        var ended = await RankProcesses.Run(s_none, [ProgramProcess.Program, "launch", "--nproc", "3", .. Flags("x"), "--duration", "1k"]);
        ended.ExitCode.ShouldBe(2);
        ended.Error.ShouldBe("diffusharp: training options: batch 16 must be a multiple of the 3 processes that share it\n");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_rank_that_is_killed_ends_all_and_the_resumed_run_ends_in_the_same_bits(int killed)
    {
        var running = RankProcesses.Run(s_none, [ProgramProcess.Program, "launch", "--nproc", "2", .. Flags("killed"), "--duration", "100M", "--dump", "1"]);
        while (!Directory.Exists(_tiny.Folder["killed"]) || Directory.GetFiles(_tiny.Folder["killed"], "training-state-*", SearchOption.AllDirectories).Length == 0)
        {
            running.IsCompleted.ShouldBeFalse();
            await Task.Delay(20);
        }

        LaunchedRanks.Kill(killed, _tiny.Folder["killed"]);
        var ended = await running;
        ended.ExitCode.ShouldBe(137);
        ended.Error.TrimEnd('\n').Split('\n')[^1].ShouldBe($"diffusharp: rank {killed} of 2: was killed by signal 9");

        var run = RunDirectory.OpenLatest(_tiny.Folder["killed"]);
        var end = (int.Parse(Path.GetFileNameWithoutExtension(run.LatestState()!)[^6..]) + 2) * 1000L;
        (await RankProcesses.Run(s_none, [ProgramProcess.Program, "launch", "--nproc", "2", "train", "--resume", run.Path, "--duration", $"{end / 1000}k"])).ExitCode.ShouldBe(0);
        await Launch(2, "straight", "--duration", $"{end / 1000}k");
        TinyRun.SameBytes(run.StateFile(end), RunDirectory.OpenLatest(_tiny.Folder["straight"]).StateFile(end)).ShouldBeTrue();
    }

    private async Task Launch(int ranks, string outdir, params string[] more)
    {
        var ended = await RankProcesses.Run(s_none, [ProgramProcess.Program, "launch", "--nproc", $"{ranks}", .. Flags(outdir), .. more]);
        ended.ExitCode.ShouldBe(0, ended.Error);
    }

    private string[] Flags(string outdir) =>
    [
        "train", "--data", _tiny.Data, "--cond", "--outdir", _tiny.Folder[outdir], "--cbase", "8", "--cres", "1,2", "--batch", "16", "--threads", "1", "--heldout", "8", "--tick", "1k", "--snap", "1", "--lr", "0.002", "--lr-rampup", "1k", "--ema", "1k",
    ];

    private async Task<(string[] Lines, string State)> Steps64(int ranks, TrainingOptions options, string name)
    {
        var file = _tiny.Folder.Write($"{name}.json", System.Text.Encoding.UTF8.GetBytes(options.ToJson()));
        var state = _tiny.Folder[$"{name}.safetensors"];
        string[] program = [s_rank, "train", file, $"{Steps}", state];
        var ended = ranks == 1 ? new[] { await RankProcesses.Run(s_none, program) } : await RankProcesses.Run(ranks, program);
        ended.ShouldAllBe(e => e.ExitCode == 0 && e.Output == ended[0].Output, string.Concat(ended.Select(e => e.Error)));
        return (ended[0].Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), state);
    }

    private static double[] Numbers(string line) => Array.ConvertAll(line.Split(' '), double.Parse);

    // Of all tensors whose names begin so, as one vector.
    private static double Difference(string one, string other, string prefix)
    {
        using var scope = torch.NewDisposeScope();
        using var expected = SafetensorsFile.Open(one);
        using var actual = SafetensorsFile.Open(other);
        var (difference, norm) = (0.0, 0.0);
        foreach (var (name, value) in expected.ReadTensors(prefix))
        {
            value.dtype.ShouldBe(ScalarType.Float64);
            difference += (value - actual.ReadTensor(prefix + name)).square().sum().ToDouble();
            norm += value.square().sum().ToDouble();
        }

        return Math.Sqrt(difference / norm);
    }
}
