using System.Text.Json;
using DiffuSharp.Data;
using DiffuSharp.Denoising;
using DiffuSharp.Networks.Classifiers;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Schedules;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Tests.Cli;

public sealed class SearchCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;
    private readonly string _verifier;

    public SearchCommandTests()
    {
        _model = TinyModel.Save(_folder["model.safetensors"]);
        var path = _folder["classifier.safetensors"];
        var options = new ConvolutionalClassifierOptions
        {
            ImgChannels = 1, ImgHeight = 8, ImgWidth = 8, LabelDim = TinyModel.Classes, Channels = [8], Convolutions = [1], FeatureDim = 8,
        };
        using var model = new ClassifierModel(new ClassifierDescription { Network = options }, Classifier.Create(options, 3));
        ClassifierFile.Save(path, model);
        _verifier = $"classifier:{path}";
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Writes_images_pictures_a_ledger_and_an_archive_for_each_milestone()
    {
        var result = Search("out", "--budget", "21", "--milestones", "7,14", "--held-out", _verifier.Replace("classifier:", "logit:", StringComparison.Ordinal));

        Files("out").ShouldBe(["000000.png", "000001.png", "000002.png", "before-after.png", "budget-000007", "budget-000007.npz", "budget-000014", "budget-000014.npz", "improvements.png", "samples.json", "search.json"]);
        result.GetProperty("nfe_per_image").GetDouble().ShouldBe(21);
        result.GetProperty("winners_kept_without_final_run").GetBoolean().ShouldBeTrue();
        result.GetProperty("ledger").GetProperty("search").GetProperty("evaluations").GetInt64().ShouldBe(63);
        result.GetProperty("found").GetProperty("mean").GetDouble().ShouldBeGreaterThan(result.GetProperty("plain").GetProperty("mean").GetDouble());
        result.GetProperty("found_held_out").GetProperty("mean").ValueKind.ShouldBe(JsonValueKind.Number);
        using var npz = NpzFile.Open(_folder["out/budget-000014.npz"]);
        npz.ReadArray("arr_0").Shape.ShouldBe([3L, 8L, 8L, 1L]);
        using var dataset = ImageDataset.Open(_folder["out/budget-000014"]);
        dataset.Count.ShouldBe(3);
        var ledger = JsonDocument.Parse(File.ReadAllText(_folder["out/search.json"])).RootElement;
        ledger.GetProperty("images")[0].GetProperty("trace_score").GetArrayLength().ShouldBe(3);
    }

    [Fact]
    public void The_first_candidate_is_what_sample_makes()
    {
        Search("searched", "--budget", "7");
        CommandLine.Json("sample", "--threads", "1", "--network", _model, "--seeds", "0-2", "--steps", "4", "--outdir", _folder["sampled"]);

        Pixels("searched/000001.png").ShouldBe(Pixels("sampled/000001.png"));
    }

    [Theory]
    [InlineData("zero-order --candidates 2 --lambda 0.9 --budget 35", 35)]
    [InlineData("random --search-steps 2 --budget 25", 25)]
    [InlineData("fk --particles 3 --solver ddim --eta 1 --budget 12", 12)]
    [InlineData("svdd --children 2 --solver ddim --eta 1 --budget 7", 7)]
    [InlineData("eps-greedy --candidates 2 --iterations 2 --solver ddim --eta 1 --budget 17", 16)]
    [InlineData("evolutionary --population 3 --budget 63", 63)]
    [InlineData("first-order --budget 63", 63)]
    [InlineData("adaptive --preview-nfe 3 --previews 2 --budget 40", null)]
    [InlineData("paths --survivors 1 --children 2 --path-start 0.5 --path-forward 0.3 --path-backward 0.9 --budget 40", null)]
    public void Every_algorithm_runs_within_its_budget(string algorithm, int? nfe)
    {
        var result = Search("out", ["--algorithm", .. algorithm.Split(' ')]);

        var spent = result.GetProperty("nfe_per_image").GetDouble();
        spent.ShouldBeLessThanOrEqualTo(result.GetProperty("budget_nfe").GetDouble());
        spent.ShouldBe(nfe ?? spent);
    }

    [Fact]
    public void Compare_writes_a_point_for_each_algorithm_and_budget_and_goes_on_where_it_was()
    {
        string[] flags =
        [
            "search", "compare", "--threads", "1", "--network", _model, "--verifier", _verifier, "--seeds", "0-3", "--steps", "4", "--budgets", "14,28", "--dest", _folder["points.jsonl"],
            "--preview-nfe", "3", "--previews", "2",
        ];
        var first = CommandLine.Json([.. flags, "--algorithms", "random,adaptive"]).GetProperty("points").EnumerateArray().ToArray();
        var more = CommandLine.Json([.. flags, "--algorithms", "random,adaptive,zero-order", "--plot", _folder["curves.json"]]).GetProperty("points").EnumerateArray().ToArray();

        first.Select(p => (p.GetProperty("algorithm").GetString(), p.GetProperty("nfe").GetInt64()))
            .ShouldBe([("random", 14), ("random", 28), ("adaptive", 14), ("adaptive", 28)]);
        more.Take(4).Select(p => p.ToString()).ShouldBe(first.Select(p => p.ToString()));
        more.Length.ShouldBe(6);
        first[1].GetProperty("score").GetProperty("mean").GetDouble().ShouldBeGreaterThanOrEqualTo(first[0].GetProperty("score").GetProperty("mean").GetDouble());
        CommandLine.Json(
            "plot", _folder["points.jsonl"], "--x", "nfe", "--y", "score.mean", "--error", "score.standard_error", "--series", "algorithm", "--dest", _folder["again.json"])
            .GetProperty("charts")[0].GetProperty("series").GetArrayLength().ShouldBe(3);
        File.Exists(_folder["curves.json"]).ShouldBeTrue();
        CommandLine.Run([.. flags, "--algorithms", "random", "--class", "1"]).ShouldBeRefused("other options");
        CommandLine.Run([.. flags, "--algorithms", "random", "--held-out", _verifier]).ShouldBeRefused("other options");
    }

    [Fact]
    public void Compare_tells_files_apart_by_their_content()
    {
        var guide = TinyModel.Save(_folder["guide.safetensors"]);
        string[] flags =
        [
            "search", "compare", "--threads", "1", "--network", _model, "--verifier", _verifier, "--held-out", _verifier.Replace("classifier:", "logit:", StringComparison.Ordinal),
            "--guidance", "2", "--gnet", guide, "--seeds", "0-1", "--steps", "2", "--budgets", "12", "--dest", _folder["points.jsonl"], "--algorithms", "random",
        ];
        var first = CommandLine.Json(flags).GetProperty("points").ToString();
        File.Move(guide, _folder["renamed.safetensors"]);
        flags[Array.IndexOf(flags, guide)] = _folder["renamed.safetensors"];
        CommandLine.Json(flags).GetProperty("points").ToString().ShouldBe(first);

        TinyModel.Save(_folder["renamed.safetensors"], labelDropout: 0.2);
        CommandLine.Run(flags).ShouldBeRefused("other options");
    }

    [Fact]
    public void A_plot_has_a_curve_for_each_choice_of_options()
    {
        var curves = DiffuSharp.Cli.Commands.SearchCompareCommand.Series(
            [Point("fk", "particles 4", 70), Point("random", "", 35), Point("fk", "particles 4", 35), Point("fk", "particles 8", 35)]);

        curves.Select(curve => curve.Name).ShouldBe(["fk (particles 4)", "fk (particles 8)", "random"]);
        curves[0].Points.Select(point => point.X).ShouldBe([35, 70]);

        static DiffuSharp.Cli.Commands.SearchComparisonPoint Point(string algorithm, string options, long nfe) => new()
        {
            Search = "", Algorithm = algorithm, Options = options, Nfe = nfe, Images = 1, Score = new(0, 0), VerifierCalls = 1, SecondsOfRun = 1, NfeOfRun = nfe,
        };
    }

    [Fact]
    public void A_learned_sampler_gets_the_times_that_it_asks_for()
    {
        var discrete = TinyModel.Save(
            _folder["discrete.safetensors"], labelDim: 0,
            preconditioning: new DiscretePreconditioning(Steps: 20, BetaStart: 0.01, BetaEnd: 0.6, Prediction: DiscretePrediction.X0));
        var tableau = new Heun().Build(NoiseLevels.EDM(4, new SigmaRange(0.2, 5)));
        var real = Save("real", KeyValuePair.Create("times", "real"));
        var rounded = Save("rounded");
        string[] flags = ["search", "--threads", "1", "--network", discrete, "--verifier", _verifier.Replace("classifier:", "confidence:", StringComparison.Ordinal), "--seeds", "0"];

        var scores = new List<double>();
        foreach (var sampler in new[] { real, rounded })
        {
            var result = CommandLine.Json([.. flags, "--budget", "7", "--sampler", sampler, "--outdir", _folder[$"{sampler}-searched"]]);
            scores.Add(result.GetProperty("plain").GetProperty("mean").GetDouble());
            CommandLine.Json("sample", "--threads", "1", "--network", discrete, "--seeds", "0", "--sampler", sampler, "--outdir", _folder[$"{sampler}-sampled"]);
            Pixels($"{sampler}-searched/000000.png").ShouldBe(Pixels($"{sampler}-sampled/000000.png"));
        }

        scores[0].ShouldNotBe(scores[1]);
        Refused("--sampler", real, "--search-sampler", rounded);
        Refused("--sampler", rounded, "--search-sampler", real);
        Refused("--sampler", real, "--search-steps", "2");
        Refused("--steps", "4", "--algorithm", "adaptive", "--preview-sampler", real);
        Directory.Exists(_folder["mixed"]).ShouldBeFalse();

        void Refused(params string[] samplers) =>
            CommandLine.Run([.. flags, "--budget", "100", "--outdir", _folder["mixed"], .. samplers]).ShouldBeRefused("use samplers of one kind");

        string Save(string name, params KeyValuePair<string, string>[] options)
        {
            var path = _folder[$"{name}.sampler.json"];
            new SamplerFile(tableau, new SamplerMetadata("learned-test", options, "test")).Save(path);
            return path;
        }
    }

    [Fact]
    public void A_search_that_was_stopped_goes_on_and_is_the_same()
    {
        string[] flags =
        [
            "search", "--threads", "1", "--network", _model, "--verifier", _verifier, "--seeds", "0-2", "--steps", "4", "--budget", "462", "--batch", "2", "--algorithm", "zero-order",
        ];
        var whole = CommandLine.Json([.. flags, "--outdir", _folder["whole"]]);
        using (var cancelled = new CancellationTokenSource())
        {
            using var output = new StringWriter();
            using var error = new StringWriter();
            // A thread of its own and no awaiting: where other tests hold the pool's threads, the search would be over before it is stopped.
            var code = -1;
            var search = new Thread(() => code = DiffuSharp.Cli.Entry.Run([.. flags, "--outdir", _folder["stopped"]], output, error, cancelled.Token));
            search.Start();
            SpinWait.SpinUntil(() => !search.IsAlive || File.Exists(_folder["stopped/.search/unit-000003.npz"]));
            cancelled.Cancel();
            search.Join();
            code.ShouldBe(130);
        }

        File.Exists(_folder["stopped/.search/unit-000003.npz"]).ShouldBeTrue();
        var resumed = CommandLine.Json([.. flags, "--outdir", _folder["stopped"]]);
        resumed.GetProperty("found").GetProperty("mean").GetDouble().ShouldBe(whole.GetProperty("found").GetProperty("mean").GetDouble());
        Pixels("stopped/000002.png").ShouldBe(Pixels("whole/000002.png"));
        Directory.Exists(_folder["stopped/.search"]).ShouldBeFalse();
    }

    [Fact]
    public async Task A_search_killed_at_any_moment_goes_on_to_the_same_images()
    {
        string[] flags =
        [
            "search", "--threads", "1", "--network", _model, "--verifier", _verifier, "--seeds", "0-2", "--steps", "4", "--algorithm", "adaptive",
            "--preview-nfe", "2", "--batch", "2", "--budget", "400",
        ];
        using (var killed = ProgramProcess.Start([.. flags, "--outdir", _folder["killed"]]))
        {
            await killed.Until(() => Directory.Exists(_folder["killed/.search"]) && Directory.GetFiles(_folder["killed/.search"], "unit-*.npz").Length > 2);
            await killed.Kill();
        }

        Directory.Exists(_folder["killed/.search"]).ShouldBeTrue(); // it was not at its end
        CommandLine.Json([.. flags, "--outdir", _folder["killed"]]);
        CommandLine.Json([.. flags, "--outdir", _folder["whole"]]);
        Files("killed").ShouldBe(Files("whole"));
        Traces("killed").ShouldBe(Traces("whole"));
        foreach (var name in new[] { "000000.png", "000001.png", "000002.png" })
        {
            Pixels($"killed/{name}").ShouldBe(Pixels($"whole/{name}"));
        }

        string[] Traces(string outdir) =>
            [.. JsonDocument.Parse(File.ReadAllText(_folder[$"{outdir}/search.json"])).RootElement.GetProperty("images").EnumerateArray().Select(image => image.GetRawText())];
    }

    [Theory]
    [InlineData("--particles 3", "--particles: random has no such option")]
    [InlineData("--verifier magic", "there is no verifier 'magic'")]
    [InlineData("--budget 3", "does not suffice")]
    [InlineData("--milestones 400", "within the budget")]
    [InlineData("--milestones x", "'x' is not a number")]
    [InlineData("--algorithm fk --budget 100", "--eta 1")]
    [InlineData("--seeds 1,1", "named twice")]
    [InlineData("--algorithm zero-order --lambda 2", "must lie in [0, 1)")]
    [InlineData("--algorithm paths --solver dpmpp-2m", "remembers")]
    [InlineData("--verifier confidence+logit", "takes 1x28x28 images")]
    [InlineData("--verifier confidence+self", "looks at trajectories")]
    [InlineData("--verifier confidence+logit --seeds 1", "more than one image")]
    public void Bad_input_is_refused_with_one_line_and_leaves_nothing_in_the_way(string flags, string because)
    {
        CommandLine.Run(
        [
            "search", "--threads", "1", "--network", _model, "--steps", "4", "--outdir", _folder["out"], .. flags.Split(' '),
            .. flags.Contains("--verifier", StringComparison.Ordinal) ? Array.Empty<string>() : ["--verifier", _verifier],
        ]).ShouldBeRefused(because);
        (Directory.Exists(_folder["out"]) ? Directory.GetFileSystemEntries(_folder["out"]) : []).ShouldBeEmpty();
    }

    private JsonElement Search(string outdir, params string[] flags) => CommandLine.Json(
        ["search", "--threads", "1", "--network", _model, "--verifier", _verifier, "--seeds", "0-2", "--steps", "4", "--outdir", _folder[outdir], .. flags]);

    private byte[] Pixels(string name) => ImageFile.Read(_folder[name]).Pixels;

    private IEnumerable<string> Files(string name) =>
        Directory.EnumerateFileSystemEntries(_folder[name]).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);
}
