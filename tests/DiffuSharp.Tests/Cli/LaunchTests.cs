using System.Text.Json;
using DiffuSharp.Tests.Metrics;

namespace DiffuSharp.Tests.Cli;

/// <summary>Verbs as several real processes.</summary>
public sealed class LaunchTests : IDisposable
{
    private static readonly Dictionary<string, string> s_none = [];

    private readonly TinyEvaluation _tiny = new();
    private readonly string _model;

    public LaunchTests() => _model = TinyModel.Save(_tiny.Folder["model.safetensors"], labelDim: TinyEvaluation.Classes);

    public void Dispose() => _tiny.Dispose();

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Ranks_write_the_files_of_one_process(int ranks)
    {
        string[] Sample(string name) =>
            ["sample", "--net", _model, "--outdir", _tiny.Folder[name], "--seeds", "0-10", "--batch", "2", "--steps", "3", "--threads", "1", "--npz", _tiny.Folder[$"{name}.npz"],
                "--predictions", _tiny.Folder[$"{name}.png"]];
        CommandLine.Run(Sample("whole")).ExitCode.ShouldBe(0);
        var ended = await Launch(ranks, Sample("shared"));
        ended.Error.ShouldBe("");
        ended.ExitCode.ShouldBe(0);
        string[] names = [.. _tiny.Folder.Entries.Where(e => e.StartsWith("whole", StringComparison.Ordinal)), .. Directory.GetFiles(_tiny.Folder["whole"]).Select(f => $"whole/{Path.GetFileName(f)}")];
        names.Length.ShouldBe(16);
        foreach (var name in names.Where(n => File.Exists(_tiny.Folder[n]) && n != "whole.png"))
        {
            File.ReadAllBytes(_tiny.Folder[name.Replace("whole", "shared", StringComparison.Ordinal)]).ShouldBe(File.ReadAllBytes(_tiny.Folder[name]));
        }
    }

    [Fact]
    public async Task Ranks_measure_the_numbers_of_one_process()
    {
        string[] reference = ["evaluate", "ref", "--data", _tiny.Data, "--features", _tiny.Classifier, "--batch", "16", "--threads", "1", "--dest"];
        CommandLine.Run([.. reference, _tiny.Folder["ref.npz"]]).ExitCode.ShouldBe(0);
        (await Launch(2, [.. reference, _tiny.Folder["shared.npz"]])).ExitCode.ShouldBe(0);
        File.ReadAllBytes(_tiny.Folder["shared.npz"]).ShouldBe(File.ReadAllBytes(_tiny.Folder["ref.npz"]));

        string[] flags = ["evaluate", "--ref", _tiny.Folder["ref.npz"], "--features", _tiny.Classifier, "--metrics", "fid,is,acc", "--batch", "8", "--bootstrap", "3", "--threads", "1", "--json"];
        await Same([.. flags, "--network", _model, "--num", "50", "--steps", "2", "--repeat", "2"]);
        await Same([.. flags, "--images", _tiny.Test]);
    }

    [Fact]
    public async Task A_verb_that_cannot_be_shared_and_bad_input_are_one_line()
    {
        CommandLine.Run("launch", "model", "info", _model).ShouldBeRefused("model info does not run as several processes");
        CommandLine.Run("launch", "--nproc", "2", "smaple").ShouldBeRefused("there is no verb 'smaple' (did you mean 'sample'?)");
        var ended = await Launch(2, "sample", "--net", _tiny.Folder["missing"], "--outdir", _tiny.Folder["x"]);
        ended.ExitCode.ShouldBe(2);
        ended.Error.TrimEnd('\n').ShouldNotContain("\n");
        ended.Error.ShouldContain("missing: no such file");
    }

    [Fact]
    public async Task A_rank_that_is_killed_ends_all_and_is_named()
    {
        var ranks = Task.Run(() => Launch(2, "sample", "--net", _model, "--outdir", _tiny.Folder["out"], "--seeds", "0-99999", "--batch", "1", "--steps", "3", "--threads", "1"));
        while (!File.Exists(_tiny.Folder["out/000003.png"]))
        {
            await Task.Delay(20);
        }

        LaunchedRanks.Kill(1, _tiny.Folder["out"]);
        var ended = await ranks;
        ended.ExitCode.ShouldBe(137);
        ended.Error.TrimEnd('\n').Split('\n')[^1].ShouldBe("diffusharp: rank 1 of 2: was killed by signal 9");
        File.Exists(_tiny.Folder["out/grid.png"]).ShouldBeFalse();
    }

    [Fact]
    public async Task Ranks_that_were_asked_for_different_things_are_told_so()
    {
        var port = RankProcesses.FreePort();
        var ended = await Task.WhenAll(Enumerable.Range(0, 2).Select(rank => RankProcesses.Run(
            RankProcesses.Variables(rank, 2, port), ProgramProcess.Program, "sample", "--net", _model, "--outdir", _tiny.Folder["out"], "--seeds", $"0-{rank}")));
        ended.ShouldAllBe(e => e.ExitCode == 2 && e.Error == "diffusharp: rank 1 of 2 has other arguments than rank 0; start all ranks alike\n");
    }

    private async Task Same(string[] arguments)
    {
        var ended = await Launch(2, arguments);
        ended.Error.ShouldBe("");
        var whole = CommandLine.Run(arguments);
        using var shared = JsonDocument.Parse(ended.Output);
        using var alone = JsonDocument.Parse(whole.Output);
        ShardTests.Same(shared.RootElement, alone.RootElement);
    }

    private static Task<Ended> Launch(int ranks, params string[] arguments) =>
        RankProcesses.Run(s_none, [ProgramProcess.Program, "launch", "--nproc", $"{ranks}", "--timeout", "60", .. arguments]);
}
