using System.Diagnostics;
using DiffuSharp.Networks;
using DiffuSharp.Torch;
using DiffuSharp.Training.Augmentation;

namespace DiffuSharp.Training;

/// <summary>
/// Trains a diffusion model into a run directory. A run that was killed at any moment goes on from its last state and ends, on
/// the
/// CPU with the same threads, in the same bits as one that was never interrupted.
/// </summary>
public sealed class Trainer : IDisposable
{
    private readonly TrainingData _data;
    private readonly TrainingMetrics? _metrics;
    private ITrainingImages? _images;

    /// <summary>Opens the data and fits the network to it.</summary>
    /// <param name="options">The run; image size and labels of the network are taken from the data.</param>
    /// <exception cref="InvalidInputException">An option is out of range, or the data do not fit; one line.</exception>
    /// <exception cref="InvalidDataException">The data are broken; one line.</exception>
    public Trainer(TrainingOptions options)
    {
        options.Validate();
        _data = TrainingData.Open(options);
        try
        {
            var images = _data.Training;
            var full = options.WithFullPaths();
            Options = options with
            {
                Data = full.Data,
                HeldoutData = full.HeldoutData,
                Metrics = full.Metrics,
                Network = options.Network with
                {
                    ImgChannels = images.Shape.Channels,
                    ImgHeight = images.Shape.Height,
                    ImgWidth = images.Shape.Width,
                    LabelDim = images.LabelCount,
                    AugmentDim = options.Augment > 0 ? AugmentationPipe.LabelDim : 0,
                },
            };
            Options.Validate();
            _metrics = Options.Metrics is { } metrics
                ? new TrainingMetrics(metrics, images.Shape, images.LabelCount, Options.ParseDevice())
                : null;
        }
        catch
        {
            _data.Dispose();
            throw;
        }
    }

    /// <summary>The options with the network as the data need it.</summary>
    public TrainingOptions Options { get; }

    /// <summary>Time after which the run saves and stops; null for no limit.</summary>
    public TimeSpan? MaxTime { get; init; }

    /// <summary>Whether to go on from a state that has later ones in its directory, which are then removed.</summary>
    public bool AllowEarlierState { get; init; }

    /// <summary>Images trained on.</summary>
    public int ImageCount => _data.Training.Count;

    /// <summary>What the trained model will be.</summary>
    public ModelDescription Description => new()
    {
        Network = Options.Network,
        Preconditioning = Options.Preconditioning,
        LabelNames = Options.Cond ? _data.Training.LabelNames : null,
        Dataset = _data.Training.Name,
    };

    /// <summary>
    /// What the name of the run directory says: data, cond or uncond, architecture, preconditioning, batch, precision.
    /// </summary>
    public string RunName
    {
        get
        {
            var desc = Options.Desc is { Length: > 0 } words ? $"-{words}" : "";
            var cond = Options.Cond ? "cond" : "uncond";
            return $"{_data.Training.Name}-{cond}-{Options.Arch}-{Options.Precond}-batch{Options.Batch}-fp32{desc}";
        }
    }

    /// <summary>
    /// Reads the images before a run directory is made: all that are held out, and those trained on unless there are more than
    /// <see cref="TrainingOptions.ResidentLimit"/>, which are read as they are needed. <see cref="Run"/> does so too.
    /// </summary>
    /// <param name="cancellation">Looked at between blocks of images.</param>
    /// <exception cref="InvalidDataException">An image is corrupt or of another shape; one line names it.</exception>
    public void ReadImages(CancellationToken cancellation = default)
    {
        if (_images is null)
        {
            _data.CheckHeldout(cancellation);
            _images = Images(cancellation);
        }
    }

    /// <summary>Trains to the end, from the latest state in the directory if there is one.</summary>
    /// <param name="directory">Where everything is written.</param>
    /// <param name="state">Training state to go on from; null for the latest in the directory, if any.</param>
    /// <param name="progress">Told after every step, and with a line of the log at every tick.</param>
    /// <param name="cancellation">Ends the run after the present step with a saved state.</param>
    /// <exception cref="NonFiniteException">The loss or the gradient became NaN or infinite; the last saved state is as it
    /// was.</exception>
    /// <exception cref="InvalidInputException">Another process trains in the directory, or there are later states than that
    /// named; one line.</exception>
    /// <exception cref="InvalidDataException">The state is damaged, or of another network, or an image is corrupt; one
    /// line.</exception>
    public TrainingResult Run(
        RunDirectory directory,
        string? state = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        using var hold = RunLock.Take(directory);
        UseDevice();
        ReadImages(cancellation);
        using var session = new TrainingSession(Options, Description, _images!);
        _images = null; // The session closes them.
        IReadOnlyList<string> changes = [];
        if ((state ?? directory.LatestState()) is { } from)
        {
            TrainingStateFile.Load(from, session);
            changes = File.Exists(directory.OptionsFile) ? TrainingOptionChanges.OfBits(directory.ReadOptions(), Options) : [];
        }

        if (!AllowEarlierState)
        {
            directory.RequireNoStateAfter(session.ImagesSeen);
        }

        directory.WriteOptions(Options);
        using var log = new TrainingLog(directory, session.ImagesSeen);
        var report = new TrainingReport(Options, log, progress, session.ImagesSeen);
        var snapshots = new Snapshots(this, _data, directory, session);
        var (seen, total) = (session.ImagesSeen / 1000.0, Options.TotalImages / 1000.0);
        report.Say($"{directory.Path}: {ImageCount} images, {Parameters(session)} parameters, {seen:0.###} of {total:0.###} kimg seen");
        if (changes.Count > 0)
        {
            report.Say($"resumed with {string.Join(", ", changes)}: the bits may differ from those of an uninterrupted run");
        }

        if (_metrics is not null)
        {
            using var model = snapshots.Averaged();
            report.Say(_metrics.Estimate(model.Denoiser));
            if (!log.HasMetrics)
            {
                Measure(); // The run was stopped before or in the measurement.
            }
        }

        if (session.ImagesSeen >= Options.TotalImages && !snapshots.IsComplete())
        {
            Tick(session.ImagesSeen, isLast: true); // The run was stopped in its last snapshot.
        }

        while (session.ImagesSeen < Options.TotalImages)
        {
            if (cancellation.IsCancellationRequested || clock.Elapsed > MaxTime)
            {
                return Stop(cancellation.IsCancellationRequested ? TrainingOutcome.Cancelled : TrainingOutcome.OutOfTime);
            }

            var before = session.ImagesSeen;
            report.Step(session.Step(), session.ImagesSeen);
            Measure();
            var isLast = session.ImagesSeen >= Options.TotalImages;
            if (isLast || before / Options.Tick != session.ImagesSeen / Options.Tick)
            {
                Tick(before, isLast);
            }
        }

        return snapshots.IsInterrupted ? Stop(TrainingOutcome.Cancelled) : Result(TrainingOutcome.Completed);

        void Tick(long before, bool isLast)
        {
            using var pause = report.Pause();
            HeldoutResult? heldout = null;
            if (isLast || Passed(before, Options.Snap))
            {
                heldout = snapshots.Write(cancellation);
            }

            if (isLast || Passed(before, Options.Dump))
            {
                snapshots.WriteState();
            }

            report.Tick(session.ImagesSeen, session.LearningRate(session.ImagesSeen), heldout);
        }

        void Measure()
        {
            if (_metrics?.IsDue(session.ImagesSeen, Options.Batch, Options.TotalImages) != true)
            {
                return;
            }

            using var pause = report.Pause();
            using var model = snapshots.Averaged();
            try
            {
                report.Metrics(session.ImagesSeen, _metrics.Measure(model.Denoiser, cancellation));
            }
            catch (OperationCanceledException)
            {
                // The run stops after this step, and measures when it goes on.
            }
            catch (Exception error) when (error is InvalidDataException or InvalidInputException)
            {
                report.Say($"metrics at kimg {session.ImagesSeen / 1000.0:0.###}: not measured, {error.Message}");
            }
        }

        bool Passed(long before, int ticks) =>
            ticks > 0 && before / (Options.Tick * ticks) != session.ImagesSeen / (Options.Tick * ticks);

        TrainingResult Stop(TrainingOutcome outcome)
        {
            snapshots.EnsureModel();
            snapshots.WriteState();
            if (report.HasNews)
            {
                report.Tick(session.ImagesSeen, session.LearningRate(session.ImagesSeen), null);
            }

            report.Say($"stopped at {session.ImagesSeen / 1000.0:0.###} kimg; continue with --resume {directory.Path}");
            return Result(outcome);
        }

        TrainingResult Result(TrainingOutcome outcome) =>
            new(outcome, session.ImagesSeen, directory.SnapshotFile(session.ImagesSeen), directory.StateFile(session.ImagesSeen));
    }

    /// <summary>Closes the data and frees the images.</summary>
    public void Dispose()
    {
        _images?.Dispose();
        _metrics?.Dispose();
        _data.Dispose();
    }

    private static long Parameters(TrainingSession session) => session.Model.Network.parameters().Sum(p => p.numel());

    private void UseDevice()
    {
        if (Options.Threads is { } threads)
        {
            torch.set_num_threads(threads);
        }

        if (Options.ParseDevice().Type == DeviceType.CUDA)
        {
            torch.cuda.cudnn_benchmark(true);
            torch.cuda.allow_tf32(Options.Tf32);
        }
    }

    private ITrainingImages Images(CancellationToken cancellation)
    {
        var device = Options.ParseDevice();
        var order = new DataOrder(_data.Training.Count, Options.Seed);
        return ResidentImages.SizeOf(_data.Training) <= Options.ResidentLimit
            ? new ResidentImages(_data.Training, device, order, cancellation)
            : new StreamedImages(_data.Training, device, order);
    }
}
