using System.Text.Json;
using DiffuSharp.Cli.Commands;
using DiffuSharp.Cli.Output;
using DiffuSharp.Networks;
using DiffuSharp.Reports;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Schedules;
using DiffuSharp.Tests.Training;
using DiffuSharp.Tuning;

namespace DiffuSharp.Tests.Cli;

[Collection(TrainingCollection.Name)]
public sealed class TuneCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public TuneCommandTests() => _model = TinyModel.Save(_folder["tiny.safetensors"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_tuned_sampler_is_a_file_that_sample_runs()
    {
        var tune = CommandLine.Run(Tune("--iterations", "2", "--val-interval", "1", "--dest", _folder["fast.sampler.json"], "--json"));
        tune.Error.ShouldContain("0/2  loss ");
        using var document = JsonDocument.Parse(tune.Output);
        var result = document.RootElement;
        result.GetProperty("nfe").GetInt32().ShouldBe(3);
        result.GetProperty("best").GetDouble().ShouldBeLessThan(result.GetProperty("initial").GetDouble());

        SamplerFile.Load(_folder["fast.sampler.json"]).Metadata.Solver.ShouldBe("learned-anchored");
        var options = Options(_folder["fast.sampler.json"]);
        options["weights_sha256"].ShouldBe(WeightHash.Sha256(_model));
        options["loss"].ShouldBe("teacher-pixel");
        options["free"].ShouldBe("levels network state scale history last prediction");
        options["scalars"].ShouldBe("15");

        var run = CommandLine.Json("sample", "--network", _model, "--sampler", _folder["fast.sampler.json"], "--seeds", "0-3", "--outdir", _folder["out"], "--threads", "1");
        run.GetProperty("nfe").GetDouble().ShouldBe(3);
    }

    [Fact]
    public void The_report_lists_the_history_and_all_numbers_beside_the_bases()
    {
        CommandLine.Run(Tune("--iterations", "2", "--plot", _folder["plot.json"])).ExitCode.ShouldBe(0);
        File.ReadAllText(_folder["plot.json"]).ShouldContain("noise level told to the network");
        using var report = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder["run"], "tune.json")));
        report.RootElement.GetProperty("history").GetArrayLength().ShouldBe(3);
        var first = report.RootElement.GetProperty("coefficients")[0];
        first.GetProperty("kind").GetString().ShouldBe("sigma");
        first.GetProperty("base").GetDouble().ShouldBe(80, 1e-9);
    }

    [Fact]
    public void A_learned_sampler_beside_its_model_is_what_nfe_alone_means()
    {
        CommandLine.Run(Tune("--iterations", "1", "--dest", _folder["tiny-3.sampler.json"])).ExitCode.ShouldBe(0);
        Solver("--nfe", "3").ShouldBe("learned-anchored");
        Solver("--nfe", "3", "--solver", "ddim").ShouldBe("ddim");
        Solver("--nfe", "5").ShouldBe("dpmpp-2m");

        TinyModel.Save(_model, labelDim: 0); // other weights
        var other = CommandLine.Run("sample", "--network", _model, "--seeds", "0", "--outdir", _folder["out"], "--overwrite", "--nfe", "3");
        other.Error.ShouldContain("tiny-3.sampler.json beside the model was learned for other weights; dpmpp-2m is taken");
        other.Trimmed.ShouldContain("dpmpp-2m: steps 3");

        string? Solver(params string[] flags) => CommandLine
            .Json(["sample", "--network", _model, "--seeds", "0-1", "--outdir", _folder["out"], "--overwrite", "--threads", "1", .. flags])
            .GetProperty("sampler").GetString();
    }

    [Fact]
    public void A_finished_run_resumes_to_the_same_file()
    {
        CommandLine.Run(Tune("--iterations", "1", "--dest", _folder["a.sampler.json"])).ExitCode.ShouldBe(0);
        CommandLine.Run(Tune("--iterations", "1")).ShouldBeRefused("already holds a tuning run");
        CommandLine.Run(Tune("--iterations", "1", "--dest", _folder["b.sampler.json"], "--resume")).ExitCode.ShouldBe(0);
        File.ReadAllBytes(_folder["b.sampler.json"]).ShouldBe(File.ReadAllBytes(_folder["a.sampler.json"]));
    }

    [Fact]
    public void A_run_starts_at_the_result_of_another()
    {
        CommandLine.Run(Tune("--base", "dpmpp-2m", "--iterations", "2", "--dest", _folder["first.sampler.json"])).ExitCode.ShouldBe(0);
        string[] again = ["--iterations", "1", "--start", _folder["first.sampler.json"], "--outdir", _folder["again"], "--dest"];
        CommandLine.Run(Tune([.. again, _folder["second.sampler.json"]])).ExitCode.ShouldBe(0);
        CommandLine.Run(Tune([.. again, _folder["resumed.sampler.json"], "--resume"])).ExitCode.ShouldBe(0);
        File.ReadAllBytes(_folder["resumed.sampler.json"]).ShouldBe(File.ReadAllBytes(_folder["second.sampler.json"]));
        CommandLine.Run(Tune([.. again, _folder["x.sampler.json"], "--resume", "--base", "ipndm"])).ShouldBeRefused("other options");
        CommandLine.Run(Tune("--nfe", "4", "--start", _folder["first.sampler.json"], "--outdir", _folder["other"])).ShouldBeRefused("it would use 3");
        CommandLine.Run(Tune("--start", _folder["first.sampler.json"], "--base", "heun", "--outdir", _folder["other"])).ShouldBeRefused("name another base");
        using var report = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder["again"], "tune.json")));
        report.RootElement.GetProperty("options").GetProperty("base").GetString()!.ShouldStartWith("dpmpp-2m start_tableau_sha256=");
        var sigma = report.RootElement.GetProperty("coefficients").EnumerateArray()
            .First(c => c.GetProperty("kind").GetString() == "sigma" && c.GetProperty("row").GetInt32() == 1);
        sigma.GetProperty("base").GetDouble().ShouldBe(SamplerFile.Load(_folder["first.sampler.json"]).Tableau.Rows[1].Sigma, 1e-9);
    }

    [Fact]
    public void A_run_of_other_weights_is_not_resumed()
    {
        string[] heavy = ["--iterations", "1", "--pixel-weight", "2", "--dest", _folder["heavy.sampler.json"]];
        CommandLine.Run(Tune(heavy)).ExitCode.ShouldBe(0);
        Options(_folder["heavy.sampler.json"])["pixel_weight"].ShouldBe("2");
        CommandLine.Run(Tune("--iterations", "1", "--resume")).ShouldBeRefused("other options");
        CommandLine.Run(Tune([.. heavy, "--resume"])).ExitCode.ShouldBe(0);
    }

    [Fact]
    public void A_run_with_another_held_out_teacher_is_not_resumed()
    {
        var model = TinyModel.Save(_folder["of-the-classifiers-size.safetensors"], labelDim: 0, size: 28);
        string[] flags =
        [
            "--network", model, "--loss", "kid", "--kernel", "linear", "--val-metric", "teacher", "--iterations", "1", "--dest", _folder["a.sampler.json"],
        ];
        CommandLine.Run(Tune([.. flags, "--teacher-steps", "3"])).ExitCode.ShouldBe(0);
        Options(_folder["a.sampler.json"])["val_teacher"].ShouldBe("heun, 3 steps");
        CommandLine.Run(Tune([.. flags, "--teacher-steps", "4", "--resume"])).ShouldBeRefused("other options");
    }

    [Fact]
    public void The_base_of_family_ddim_has_the_eta_at_which_it_starts()
    {
        CommandLine.Run(Tune("--family", "ddim", "--iterations", "1", "--dest", _folder["ddim.sampler.json"])).ExitCode.ShouldBe(0);
        Options(_folder["ddim.sampler.json"])["base"].ShouldEndWith("eta=0.1");
        using var report = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder["run"], "tune.json")));
        var noise = report.RootElement.GetProperty("coefficients").EnumerateArray().First(c => c.GetProperty("kind").GetString() == "noise");
        noise.GetProperty("base").GetDouble().ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_report_may_hold_measurements_that_are_not_finite()
    {
        var start = new Ipndm().Build(NoiseLevels.EDM(3, new SigmaRange(0.002, 80)));
        var result = new TuningResult(
            TuningOutcome.Completed, start, 0, double.NaN, double.NaN, [new TuningPoint(0, 1, [], double.NaN), new TuningPoint(1, null, [], double.PositiveInfinity)]);
        TuneReport.Write(_folder["tune.json"], result, start, [], (1, 1));
        using var report = JsonDocument.Parse(File.ReadAllText(_folder["tune.json"]));
        report.RootElement.GetProperty("history")[0].GetProperty("validation").GetString().ShouldBe("NaN");
        new PlotFile(_folder["tune-plot.json"]).Write(TuningPlot.Create(result, start, "fid", "title"));
    }

    [Theory]
    [InlineData("--family ggdm --start a.sampler.json", "only anchored has a choice")]
    [InlineData("--start a.sampler.json --rho 5", "--start brings its own levels")]
    [InlineData("--start a.sampler.json", "no such file")]
    [InlineData("--loss kid", "the feature network takes 28x28")]
    [InlineData("--family ggdm --base ipndm", "--base: ggdm has no such option")]
    [InlineData("--free eta", "has no parameter 'eta'")]
    [InlineData("--batch 64", "must hold at least one batch")]
    [InlineData("--plot x.gif", ".svg, .html or .json")]
    [InlineData("--resume", "holds no tuning run")]
    [InlineData("--val-features x.pt --val-ref y.npz --val-metric fid", "no such file")]
    [InlineData("--val-features x.pt", "--val-features: needs --val-ref")]
    [InlineData("--val-ref y.npz", "--val-ref: needs --val-features")]
    [InlineData("--val-features x.pt --val-ref y.npz --val-metric teacher", "--val-features: belongs to --val-metric fid or kid")]
    [InlineData("--eta 0.5", "--eta: anchored has no such option")]
    [InlineData("--floor 0.01", "--floor: anchored has no such option")]
    [InlineData("--kernel linear", "--kernel: teacher has no such option")]
    [InlineData("--anchor-images 64", "--anchor-images: teacher has no such option")]
    [InlineData("--kid-weight 2", "--weight: teacher has no such option")]
    [InlineData("--feature-weight 2", "--feature-weight: there is no feature network")]
    [InlineData("--loss kid --teacher-images 8", "--teacher-images: kid has no such option")]
    [InlineData("--loss kid --teacher-steps 8", "--teacher-steps: kid has no such option")]
    [InlineData("--loss kid --pixel-weight 8", "--pixel-weight: kid has no such option")]
    public void Bad_options_get_one_line(string flags, string because)
    {
        var run = CommandLine.Run(Tune(flags.Split(' ')));
        run.ExitCode.ShouldBe(2);
        run.Error.Trim().ShouldContain(because);
        run.Error.Trim().ShouldNotContain("\n");
    }

    private static Dictionary<string, string> Options(string sampler) => SamplerFile.Load(sampler).Metadata.Options.ToDictionary(o => o.Key, o => o.Value);

    private string[] Tune(params string[] flags) =>
    [
        "tune", .. With(flags, "--network", _model), .. With(flags, "--nfe", "3"), .. With(flags, "--outdir", _folder["run"]), "--teacher-cache", _folder["cache"],
        "--threads", "1", .. With(flags, "--val-images", "4"), .. With(flags, "--batch", "4"),
        .. flags.Contains("kid") ? [] : With(flags, "--teacher-images", "8"), .. flags.Contains("kid") ? [] : With(flags, "--teacher-steps", "3"),
        .. flags,
    ];

    private static string[] With(string[] flags, string name, string value) => flags.Contains(name) ? [] : [name, value];
}
