using System.Text.Json;
using DiffuSharp.Sampling;
using DiffuSharp.Tests.Metrics;
using DiffuSharp.Tests.Training;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Tests.Cli;

/// <summary>The example's solver, search algorithm, verifier, metric and loss through the command line, as processes of their own.</summary>
public sealed class PluginTests : IDisposable
{
    private static readonly string s_plugin = RepositoryFolder.File("examples", "plugin", "bin", "Release", "net10.0", "MyPlugin.dll");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_recipe_of_the_example_is_one_file() =>
        Directory.GetFiles(Path.GetDirectoryName(RepositoryFolder.File("examples", "plugin", "MyPlugin.csproj"))!, "*.cs").Select(Path.GetFileName)
            .Order(StringComparer.Ordinal).ShouldBe(["Brightness.cs", "Contrast.cs", "DiagonalFrechet.cs", "Halving.cs", "LaplaceLoss.cs", "SecondOrder.cs"]);

    [Fact]
    public async Task A_solver_is_listed_run_saved_and_refused_like_a_built_in_one()
    {
        (await Run("catalog", "solver", "second-order")).ShouldContain("`r` FLOAT in (0, 1], default 0.5: r, where on the step the second evaluation lies.");
        (await Run("catalog", "algorithm")).ShouldContain("### halving");
        (await Run("sample", "--help")).ShouldContain("--start_low");
        await Run("sampler", "save", _folder["s.sampler.json"], "--solver", "second-order:r=0.7", "--nfe", "5");
        var saved = SamplerFile.Load(_folder["s.sampler.json"]);
        saved.Tableau.Nfe.ShouldBe(5);
        saved.Metadata.Options.ShouldContain(KeyValuePair.Create("r", "0.7"));
        await Refused("second-order: r is 2; it must lie in (0, 1]", "sampler", "show", "--solver", "second-order:r=2");
        await Refused("did you mean 'second-order'", "sampler", "show", "--solver", "secnd-order");
    }

    [Fact]
    public async Task A_search_algorithm_with_particles_and_a_verifier_go_on_after_a_kill()
    {
        string[] search =
        [
            "search", "--threads", "1", "--network", TinyModel.Save(_folder["model.safetensors"]), "--algorithm", "halving:particles=3", "--verifier", "brightness:target=0.3",
            "--solver", "ddim", "--eta", "1", "--steps", "4", "--budget", "24", "--seeds", "0-79", "--batch", "3", "--block", "2", "--json",
        ];
        var whole = await Run([.. search, "--outdir", _folder["whole"]]);
        JsonDocument.Parse(whole).RootElement.GetProperty("algorithm").GetString().ShouldBe("halving");

        using (var process = ProgramProcess.StartWith([$"DIFFUSHARP_PLUGINS={s_plugin}"], [.. search, "--outdir", _folder["killed"]]))
        {
            await process.Until(() => Directory.Exists(_folder["killed/.search"]) && Directory.GetFiles(_folder["killed/.search"]).Length > 1);
            await process.Kill();
        }

        await Run([.. search, "--outdir", _folder["killed"]]);
        for (var seed = 0; seed < 80; seed++)
        {
            TinyRun.SameBytes(_folder[$"whole/{seed:000000}.png"], _folder[$"killed/{seed:000000}.png"]).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task A_metric_is_measured_with_its_options()
    {
        using var tiny = new TinyEvaluation();
        await Run("evaluate", "ref", "--data", tiny.Data, "--features", tiny.Classifier, "--dest", _folder["ref.npz"]);
        string[] evaluate = ["evaluate", "--images", tiny.Test, "--features", tiny.Classifier, "--ref", _folder["ref.npz"]];
        var output = await Run([.. evaluate, "--metrics", "fid:bootstrap=0+diagonal-fid:spread=0.5", "--json"]);
        JsonDocument.Parse(output).RootElement.GetProperty("metrics").EnumerateArray().Select(metric => metric.GetProperty("name").GetString())
            .ShouldBe(["fid", "diagonal-fid"]);
        await Refused("diagonal-fid: spread wide: must be a number", [.. evaluate, "--metrics", "diagonal-fid", "--spread", "wide"]);
    }

    [Fact]
    public async Task A_tuning_loss_learns_a_sampler_that_knows_its_options()
    {
        var model = TinyModel.Save(_folder["model.safetensors"], labelDim: 0);
        string[] tune = ["tune", "--network", model, "--nfe", "3", "--val-images", "4", "--batch", "4", "--iterations", "1", "--teacher-cache", _folder["cache"]];
        await Run([.. tune, "--loss", "contrast:target=0.3", "--outdir", _folder["run"], "--dest", _folder["learned.sampler.json"], "--json"]);
        SamplerFile.Load(_folder["learned.sampler.json"]).Metadata.Option("loss").ShouldBe("contrast:target=0.3");
        await Refused("contrast: target is 2; it must lie in [0, 1]", [.. tune, "--loss", "contrast", "--target", "2", "--outdir", _folder["none"]]);
    }

    [Fact]
    public async Task A_loss_trains_and_its_run_is_resumed_with_its_options()
    {
        using var tiny = new TinyRun();
        string[] options = ["--data", tiny.Data, "--cbase", "8", "--cres", "1", "--batch", "16", "--tick", "0.032", "--threads", "1", "--nosubdir", "--outdir", _folder["run"]];
        await Run(["train", .. options, "--loss", "laplace:scale=0.7", "--duration", "0.00008"]);
        File.ReadAllText(_folder["run/training_options.json"]).ShouldContain("\"scale\": 0.7");
        await Run("train", "--resume", _folder["run"], "--duration", "0.00016");
        await Refused("there is no training-loss 'laplace'", plugin: false, "train", "--resume", _folder["run"], "--duration", "0.00032");
    }

    [Fact]
    public async Task A_file_that_is_no_plug_in_gets_one_line_with_its_name()
    {
        File.WriteAllText(_folder["text.dll"], "no assembly");
        await Refused("plug-in", plugin: false, "sample", "--plugin", _folder["none.dll"]);
        await Refused("text.dll: is no .NET assembly", plugin: false, "sample", "--plugin", _folder["text.dll"]);
        await Refused("holds no recipe", plugin: false, "catalog", "--plugin", typeof(NpzFile).Assembly.Location);
    }

    private static async Task<string> Run(params string[] arguments)
    {
        using var process = ProgramProcess.StartWith([$"DIFFUSHARP_PLUGINS={s_plugin}"], arguments);
        var error = process.ReadError();
        var output = await process.Output.ReadToEndAsync();
        (await process.End()).ShouldBe(0, await error);
        return output;
    }

    private static Task Refused(string because, params string[] arguments) => Refused(because, plugin: true, arguments);

    private static async Task Refused(string because, bool plugin, params string[] arguments)
    {
        using var process = ProgramProcess.StartWith([plugin ? $"DIFFUSHARP_PLUGINS={s_plugin}" : "DIFFUSHARP_PLUGINS"], arguments);
        var error = await process.ReadError();
        (await process.End()).ShouldBe(2, error);
        error.TrimEnd().ShouldNotContain("\n");
        error.ShouldContain(because);
    }
}
