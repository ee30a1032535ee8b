using System.Text.Json;
using DiffuSharp.Data;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Tests.Cli;
using DiffuSharp.Tests.Metrics;
using DiffuSharp.Training;

namespace DiffuSharp.Tests.Training;

[Collection(TrainingCollection.Name)]
public sealed class TrainingMetricsTests : IDisposable
{
    private readonly TinyRun _tiny = new();
    private readonly TinyEvaluation _evaluation = new();
    private readonly string _reference;

    public TrainingMetricsTests()
    {
        _reference = _evaluation.Folder["ref.npz"];
        using var extractor = FeatureExtractor.Open(_evaluation.Classifier);
        using var dataset = ImageDataset.Open(_evaluation.Data);
        using var images = FeatureCollector.Collect(extractor, DatasetBatches.Read(dataset, 64), new FeatureCollectorOptions());
        ReferenceFile.Write(_reference, new ReferenceStatistics { Statistics = images.Statistics, Protocol = images.Protocol, Features = images.Features });
    }

    // Steps of 16 images; measured where 50, 100 and 150 are passed, and at the end.
    private TrainingOptions Options => _tiny.Options with
    {
        Metrics = new TrainingMetricsOptions
        {
            Names = "fid,kid,acc", Features = _evaluation.Classifier, Reference = _reference, Every = 50, Images = 20, Steps = 2, Batch = 16,
        },
    };

    public void Dispose()
    {
        _tiny.Dispose();
        _evaluation.Dispose();
    }

    [Fact]
    public void Metrics_are_measured_where_their_interval_is_passed_and_change_no_bit_of_the_training()
    {
        var plain = Train(_tiny.Options, _tiny.Directory("plain"));
        var run = _tiny.Directory("measured");
        var lines = new List<string?>();
        var measured = Train(Options, run, new Watcher(progress => lines.Add(progress.Line)));

        TinyRun.SameBytes(measured.State, plain.State).ShouldBeTrue();
        TinyRun.SameBytes(measured.Snapshot, plain.Snapshot).ShouldBeTrue();
        var metrics = Metrics(run);
        metrics.Select(m => m.GetProperty("Progress/kimg").GetDouble()).ShouldBe([0.064, 0.112, 0.16]);
        metrics.ShouldAllBe(m => m.GetProperty("Metrics/images").GetInt32() == 20 && m.GetProperty("Metrics/nfe").GetDouble() == 3);
        metrics.ShouldAllBe(m => m.GetProperty("Metrics/fid").GetDouble() > 0 && m.GetProperty("Metrics/acc").GetDouble() <= 1);
        metrics.ShouldAllBe(m => m.GetProperty("Metrics/kid").ValueKind == JsonValueKind.Number);
        lines.ShouldContain(line => line != null && line.StartsWith("metrics fid,kid,acc every 0.05 kimg: 20 images of NFE 3, about ", StringComparison.Ordinal));
        lines.Count(line => line?.StartsWith("metrics at kimg", StringComparison.Ordinal) == true).ShouldBe(3);
        File.ReadAllText(run.LogFile).ShouldContain("metrics at kimg 0.16  fid ");
    }

    [Fact]
    public void The_last_measurement_is_that_of_the_model_file()
    {
        var run = _tiny.Directory();
        var result = Train(Options, run);

        CommandLine.Json(
            "evaluate", "--net", result.Snapshot, "--features", _evaluation.Classifier, "--ref", _reference, "--metrics", "fid", "--num", "20",
            "--steps", "2", "--bootstrap", "0").GetProperty("metrics")[0].GetProperty("value").GetDouble()
            .ShouldBe(Metrics(run)[^1].GetProperty("Metrics/fid").GetDouble(), 1e-3);
    }

    [Fact]
    public void A_run_cancelled_in_a_measurement_makes_it_up_when_it_goes_on()
    {
        var straight = _tiny.Directory("straight");
        var whole = Train(Options, straight);
        var run = _tiny.Directory("cut");
        using var cancel = new CancellationTokenSource();
        var watcher = new Watcher(progress =>
        {
            if (progress.ImagesSeen == 112)
            {
                cancel.Cancel();
            }
        });
        Train(Options, run, watcher, cancel.Token).ImagesSeen.ShouldBe(112);
        Metrics(run).Count.ShouldBe(1);

        var resumed = Train(Options, run);

        TinyRun.SameBytes(resumed.State, whole.State).ShouldBeTrue();
        Metrics(run).Select(m => m.GetProperty("Metrics/fid").GetDouble()).ShouldBe(Metrics(straight).Select(m => m.GetProperty("Metrics/fid").GetDouble()));
        Train(Options, run);
        Metrics(run).Count.ShouldBe(3);
    }

    [Fact]
    public void Metrics_may_change_when_a_run_goes_on()
    {
        var run = _tiny.Directory();
        Train(Options with { TotalImages = 16 }, run);
        var saved = run.ReadOptions();
        saved.RequireSame(saved with { Metrics = null });
        saved.RequireSame(saved with { Metrics = saved.Metrics! with { Images = 7 } });
        (saved with { Metrics = null }).RequireSame(saved);
        Should.Throw<InvalidInputException>(() => saved.RequireSame(saved with { Metrics = null, Lr = 1 })).Message.ShouldContain("lr");
    }

    [Fact]
    public void What_cannot_be_measured_is_refused_before_the_run()
    {
        using var large = new TinyRun(side: 16);
        Refused(Options with { Metrics = Options.Metrics! with { Names = "fid,swd" } }).ShouldContain("'swd'");
        Refused(Options with { Metrics = Options.Metrics! with { Reference = null } }).ShouldContain("fid: needs a reference");
        Refused(Options with { Cond = false }).ShouldContain("class of each image");
        Refused(large.Options with { Metrics = Options.Metrics }).ShouldContain("16x16");
        Refused(Options with { Metrics = Options.Metrics! with { Steps = 0 } }).ShouldContain("metrics-steps 0");
    }

    [Fact]
    public void Flags_ask_for_metrics_and_the_run_remembers_them()
    {
        string[] flags = ["train", "--data", _tiny.Data, "--cond", "--dry-run"];
        var options = TrainingOptions.FromJson(CommandLine.Run(
            [.. flags, "--metrics", "fid,kid", "--metrics-every", "20", "--metrics-images", "100", "--features", _evaluation.Classifier, "--ref", _reference]).Output);

        options.Metrics.ShouldBe(new TrainingMetricsOptions
        {
            Names = "fid,kid", Features = _evaluation.Classifier, Reference = _reference, Every = 20_000, Images = 100,
        });
        TrainingOptions.FromJson(CommandLine.Run(flags).Output).Metrics.ShouldBeNull();
        CommandLine.Run([.. flags, "--metrics-every", "20"]).ShouldBeRefused("--metrics-every");
        CommandLine.Run([.. flags, "--metrics", "fid", "--features", _evaluation.Folder["none.safetensors"]]).ShouldBeRefused("no such file");
    }

    private static string Refused(TrainingOptions options) => Should.Throw<InvalidInputException>(() => new Trainer(options)).Message;

    private static List<JsonElement> Metrics(RunDirectory run) =>
        [.. File.ReadAllLines(run.StatsFile).Select(line => JsonDocument.Parse(line).RootElement).Where(line => line.TryGetProperty("Metrics/fid", out _))];

    private static TrainingResult Train(
        TrainingOptions options, RunDirectory run, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        using var trainer = new Trainer(options);
        return trainer.Run(run, progress: progress, cancellation: cancellation);
    }

    private sealed class Watcher(Action<TrainingProgress> handle) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => handle(value);
    }
}
