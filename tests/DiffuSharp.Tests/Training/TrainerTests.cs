using System.Text.Json;
using DiffuSharp.Data;
using DiffuSharp.Networks;
using DiffuSharp.Training;

namespace DiffuSharp.Tests.Training;

[Collection(TrainingCollection.Name)]
public sealed class TrainerTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    [Fact]
    public void A_run_leaves_options_log_measurements_model_grid_and_state()
    {
        var run = _tiny.Directory();
        var result = Train(_tiny.Options with { Snap = 2, Dump = 1, Heldout = 8 }, run);

        result.Outcome.ShouldBe(TrainingOutcome.Completed);
        result.ImagesSeen.ShouldBe(160);
        Directory.GetFiles(run.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(
        [
            $"fakes-000000{(ImageCodecs.IsAvailable ? ".png" : ".pgm")}", "log.txt", "network-snapshot-000000.safetensors", "stats.jsonl",
            "training-state-000000.safetensors", "training_options.json",
        ]);
        run.ReadOptions().ToJson().ShouldContain("\"label_dim\": 3");
        using var model = ModelFile.Load(result.Snapshot);
        model.Description.TrainingKimg.ShouldBe(0.16);
        model.Description.Metrics!["heldout_loss"].ShouldContain("8 images");
        model.Network.Options.AugmentDim.ShouldBe(9);
        ImageFile.Read(run.FakesFile(160, Path.GetExtension(Directory.GetFiles(run.Path, "fakes*").Single()))).Shape.ShouldBe(new ImageShape(1, 64, 64));
    }

    [Fact]
    public void Every_tick_is_measured()
    {
        var run = _tiny.Directory();
        Train(_tiny.Options with { Snap = 5, Heldout = 8 }, run);
        var lines = File.ReadAllLines(run.StatsFile).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        lines.Select(line => line.GetProperty("Progress/kimg").GetDouble()).ShouldBe([0.032, 0.064, 0.096, 0.128, 0.16]);
        foreach (var line in lines)
        {
            var loss = line.GetProperty("Loss/loss");
            loss.GetProperty("num").GetInt64().ShouldBe(32 * 64);
            loss.GetProperty("mean").GetDouble().ShouldBeGreaterThan(0);
            loss.GetProperty("std").GetDouble().ShouldBeGreaterThan(0);
            foreach (var name in new[]
            {
                "Progress/tick", "Progress/lr", "Timing/total_sec", "Timing/sec_per_tick", "Timing/sec_per_kimg", "Timing/images_per_sec",
                "Timing/maintenance_sec", "Resources/peak_cpu_mem_gb", "timestamp",
            })
            {
                line.GetProperty(name).GetDouble().ShouldBeGreaterThanOrEqualTo(0, name);
            }
        }

        lines[^1].GetProperty("Resources/peak_cpu_mem_gb").GetDouble().ShouldBeInRange(0.01, 64);
        lines[^1].GetProperty("Heldout/loss").GetDouble().ShouldBeGreaterThan(0);
        lines[^1].GetProperty("Heldout/mse").EnumerateObject().Count().ShouldBe(8);
        lines[0].TryGetProperty("Heldout/loss", out _).ShouldBeFalse();
    }

    [Fact]
    public void A_cancelled_run_saves_and_goes_on_to_the_same_bits()
    {
        var straight = Train(_tiny.Options, _tiny.Directory("straight"));
        var run = _tiny.Directory("cut");
        using var cancel = new CancellationTokenSource();
        var watcher = new Watcher(progress =>
        {
            if (progress.ImagesSeen == 48)
            {
                cancel.Cancel();
            }
        });
        var cut = Train(_tiny.Options, run, watcher, cancel.Token);
        cut.Outcome.ShouldBe(TrainingOutcome.Cancelled);
        cut.ImagesSeen.ShouldBe(48);
        var resumed = Train(_tiny.Options, run);
        resumed.ImagesSeen.ShouldBe(160);
        TinyRun.SameBytes(resumed.State, straight.State).ShouldBeTrue();
        TinyRun.SameBytes(resumed.Snapshot, straight.Snapshot).ShouldBeTrue();
    }

    [Fact]
    public void A_run_out_of_time_saves_and_says_so()
    {
        using var trainer = new Trainer(_tiny.Options) { MaxTime = TimeSpan.Zero };
        var result = trainer.Run(_tiny.Directory());
        result.Outcome.ShouldBe(TrainingOutcome.OutOfTime);
        result.ImagesSeen.ShouldBeLessThan(160);
        File.Exists(result.State).ShouldBeTrue();
        File.Exists(result.Snapshot).ShouldBeTrue();
    }

    [Fact]
    public void Measurements_after_the_state_are_removed_when_a_killed_run_goes_on()
    {
        var run = _tiny.Directory();
        Train(_tiny.Options with { TotalImages = 64 }, run);
        File.AppendAllText(run.StatsFile, "{\"Progress/kimg\": 0.096}\n{\"Progress/kimg\": 0.1");
        Train(_tiny.Options, run);
        File.ReadAllLines(run.StatsFile).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("Progress/kimg").GetDouble())
            .ShouldBe([0.032, 0.064, 0.096, 0.128, 0.16]);
    }

    [Fact]
    public void Data_that_are_read_batch_by_batch_train_to_the_same_bits()
    {
        var resident = Train(_tiny.Options, _tiny.Directory("resident"));
        var streamed = Train(_tiny.Options with { ResidentLimit = 0 }, _tiny.Directory("streamed"));
        TinyRun.SameBytes(streamed.State, resident.State).ShouldBeTrue();
    }

    [Fact]
    public void Held_out_images_are_not_trained_on()
    {
        using var trainer = new Trainer(_tiny.Options with { Heldout = 10 });
        trainer.ImageCount.ShouldBe(86);
        using var mirrored = new Trainer(_tiny.Options with { Heldout = 10, Xflip = true });
        mirrored.ImageCount.ShouldBe(172);
    }

    [Fact]
    public void The_run_is_named_after_what_it_does()
    {
        using var trainer = new Trainer(_tiny.Options with { Cond = false, Desc = "note" });
        trainer.RunName.ShouldEndWith("-uncond-ddpmpp-edm-batch16-fp32-note");
        trainer.Description.Network.LabelDim.ShouldBe(0);
    }

    [Fact]
    public void A_state_of_another_network_is_refused_by_file_name()
    {
        var run = _tiny.Directory();
        var result = Train(_tiny.Options with { TotalImages = 16 }, run);
        var error = Should.Throw<InvalidDataException>(() => Train(_tiny.Options with { Augment = 0 }, run));
        error.Message.ShouldContain(result.State);
        error.Message.ShouldNotContain('\n');
    }

    public void Dispose() => _tiny.Dispose();

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
