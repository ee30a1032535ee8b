using System.Text.Json;
using DiffuSharp.Data;
using DiffuSharp.Networks;
using DiffuSharp.Training;
using DiffuSharp.Training.Losses;

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
            "fakes-000000.png", "log.txt", "network-snapshot-000000.safetensors", "stats.jsonl",
            "training-state-000000.safetensors", "training_options.json",
        ]);
        run.ReadOptions().ToJson().ShouldContain("\"label_dim\": 3");
        using var model = ModelFile.Load(result.Snapshot);
        model.Description.TrainingKimg.ShouldBe(0.16);
        model.Description.Metrics!["heldout_loss"].ShouldContain("8 images");
        model.Network.Options.AugmentDim.ShouldBe(9);
        ImageFile.Read(run.FakesFile(160)).Shape.ShouldBe(new ImageShape(1, 64, 64));
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
    public void Going_back_to_an_earlier_state_is_refused_before_anything_is_lost()
    {
        var options = _tiny.Options with { TotalImages = 2000, Batch = 500, Tick = 1000, Dump = 1 };
        var run = _tiny.Directory();
        Train(options, run);
        var before = Files(run);
        using (var trainer = new Trainer(options))
        {
            var message = Should.Throw<InvalidInputException>(() => trainer.Run(run, run.StateFile(1000))).Message;
            message.ShouldContain("training-state-000002.safetensors");
            message.ShouldContain("--override");
            message.ShouldNotContain('\n');
        }

        Files(run).ShouldBe(before);
        using var back = new Trainer(options with { TotalImages = 1500 }) { AllowEarlierState = true };
        back.Run(run, run.StateFile(1000)).ImagesSeen.ShouldBe(1500);
        File.Exists(run.StateFile(2000)).ShouldBeFalse();

        static string[] Files(RunDirectory run) => [.. Directory.GetFiles(run.Path).Order(StringComparer.Ordinal)
            .Select(file => $"{file} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}"),];
    }

    [Fact]
    public void A_directory_in_which_another_run_goes_on_is_refused()
    {
        var run = _tiny.Directory();
        using (WriterLock.Folder(run.Path))
        {
            Should.Throw<InvalidInputException>(() => Train(_tiny.Options, run)).Message.ShouldContain("another process writes it");
        }

        Train(_tiny.Options with { TotalImages = 16 }, run).Outcome.ShouldBe(TrainingOutcome.Completed);
    }

    [Fact]
    public void A_run_cancelled_after_a_measurement_keeps_it()
    {
        using var cancel = new CancellationTokenSource();
        var watcher = new Watcher(progress =>
        {
            if (progress.Line?.StartsWith("tick 2", StringComparison.Ordinal) == true)
            {
                cancel.Cancel();
            }
        });
        var result = Train(_tiny.Options with { Snap = 2, Heldout = 8 }, _tiny.Directory(), watcher, cancel.Token);
        result.Outcome.ShouldBe(TrainingOutcome.Cancelled);
        result.ImagesSeen.ShouldBe(64);
        ModelFile.ReadDescription(result.Snapshot).Metrics.ShouldNotBeNull().Keys.ShouldContain("heldout_loss");
    }

    [Fact]
    public async Task A_run_cancelled_in_its_sample_grid_keeps_what_was_measured()
    {
        var run = _tiny.Directory();
        using var cancel = new CancellationTokenSource();
        var watch = Task.Run(async () =>
        {
            while (!File.Exists(run.SnapshotFile(160)))
            {
                await Task.Delay(1);
            }

            await cancel.CancelAsync();
        });
        var result = Train(_tiny.Options with { Heldout = 8 }, run, cancellation: cancel.Token);
        await watch;
        ModelFile.ReadDescription(result.Snapshot).Metrics.ShouldNotBeNull().Keys.ShouldContain("heldout_loss");
    }

    [Fact]
    public void A_run_cancelled_in_its_last_snapshot_says_so_and_finishes_it_when_resumed()
    {
        var options = _tiny.Options with { Heldout = 8 };
        var straight = Train(options, _tiny.Directory("straight"));
        var run = _tiny.Directory("cut");
        using var cancel = new CancellationTokenSource();
        var watcher = new Watcher(progress =>
        {
            if (progress.ImagesSeen == 160)
            {
                cancel.Cancel();
            }
        });
        var cut = Train(options, run, watcher, cancel.Token);
        cut.Outcome.ShouldBe(TrainingOutcome.Cancelled);
        ModelFile.ReadDescription(cut.Snapshot).Metrics.ShouldBeNull();
        Directory.GetFiles(run.Path, "fakes*").ShouldBeEmpty();
        var resumed = Train(options, run);
        resumed.Outcome.ShouldBe(TrainingOutcome.Completed);
        TinyRun.SameBytes(resumed.Snapshot, straight.Snapshot).ShouldBeTrue();
        Directory.GetFiles(run.Path, "fakes*").Length.ShouldBe(1);
    }

    [Fact]
    public void A_corrupt_image_is_named_before_the_run_begins()
    {
        using var folder = new TemporaryFolder();
        for (var i = 0; i < 4; i++)
        {
            folder.Write($"{i}.pgm", [.. "P5\n8 8\n255\n"u8, .. new byte[i == 3 ? 60 : 64]]);
        }

        var options = _tiny.Options with { Data = folder.Path, Cond = false };
        using (var trainer = new Trainer(options))
        {
            Should.Throw<InvalidDataException>(() => trainer.ReadImages()).Message.ShouldContain("3.pgm");
        }

        using var testing = new Trainer(_tiny.Options with { Cond = false, Heldout = 4, HeldoutData = folder.Path });
        Should.Throw<InvalidDataException>(() => testing.ReadImages()).Message.ShouldContain("3.pgm");
    }

    [Fact]
    public void What_changes_the_bits_of_a_resumed_run_is_said()
    {
        var run = _tiny.Directory();
        Train(_tiny.Options with { TotalImages = 16 }, run);
        var lines = new List<string?>();
        Train(_tiny.Options with { TotalImages = 32, BatchGpu = 8 }, run, new Watcher(progress => lines.Add(progress.Line)));
        lines.ShouldContain("resumed with batch_gpu null -> 8: the bits may differ from those of an uninterrupted run");
        File.ReadAllText(run.LogFile).ShouldContain("resumed with batch_gpu null -> 8:");
        lines.Clear();
        Train(_tiny.Options with { TotalImages = 48, BatchGpu = 8 }, run, new Watcher(progress => lines.Add(progress.Line)));
        lines.ShouldNotContain(line => line != null && line.StartsWith("resumed with", StringComparison.Ordinal));
    }

    [Fact]
    public void The_data_are_found_again_from_any_folder()
    {
        var relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), _tiny.Data);
        var options = _tiny.Options with { Data = relative, HeldoutData = relative, Heldout = 4 };
        using var trainer = new Trainer(options);
        trainer.Options.Data.ShouldBe(_tiny.Data);
        trainer.Options.HeldoutData.ShouldBe(_tiny.Data);
        (trainer.Options with { Data = relative, HeldoutData = relative }).RequireSame(trainer.Options);
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

    [Fact]
    public void Data_and_loss_are_taken_as_objects_too()
    {
        using var data = ImageDataset.Open(_tiny.Data, new ImageDatasetOptions { Labels = LabelUse.Required });
        var given = new Trainer(_tiny.Options with { Data = "" }, data, new EdmLoss()).Run(_tiny.Directory("given"));
        TinyRun.SameBytes(given.State, Train(_tiny.Options, _tiny.Directory("named")).State).ShouldBeTrue();

        var other = new Trainer(_tiny.Options, data, new EdmLoss { P_mean = 0.5 }).Run(_tiny.Directory("other"));
        TinyRun.SameBytes(given.State, other.State).ShouldBeFalse();
        data.ReadImage(0, new byte[data.Shape.Count]); // It is the caller's, and still open.
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
