using System.Diagnostics;
using DiffuSharp.Data;
using DiffuSharp.Networks;
using DiffuSharp.Torch;
using DiffuSharp.Torch.Distributed;
using DiffuSharp.Training.Augmentation;
using DiffuSharp.Training.Losses;

namespace DiffuSharp.Training;

/// <summary>
/// Trains a diffusion model into a run directory. A run that was killed at any moment goes on from its last state and ends, on the
/// CPU with the same threads, in the same bits as one that was never interrupted.
/// </summary>
public sealed class Trainer : IDisposable
{
    private readonly TrainingData _data;
    private readonly TrainingMetrics? _metrics;
    private readonly TrainingLoss _loss;
    private readonly ProcessGroup? _group;
    private ITrainingImages? _images;

    /// <summary>Opens the data and fits the network to it.</summary>
    /// <param name="options">The run; image size and labels of the network are taken from the data.</param>
    /// <param name="data">Images to train on instead of those that <see cref="TrainingOptions.Data"/> names; the caller disposes of them.</param>
    /// <param name="loss">What is minimised; null for the loss of the options.</param>
    /// <param name="classes">Names of the classes in the order of the network, those of a run that goes on; null for those of the data.</param>
    /// <param name="remarks">Told what is to be known of the data, such as classes that are matched by numbers alone.</param>
    /// <param name="group">The ranks that share each batch; null for this process alone.</param>
    /// <exception cref="InvalidInputException">An option is out of range, or the data do not fit; one line.</exception>
    /// <exception cref="InvalidDataException">The data are broken; one line.</exception>
    public Trainer(
        TrainingOptions options, IImageDataset? data = null, TrainingLoss? loss = null, IReadOnlyList<string>? classes = null, IProgress<string>? remarks = null,
        ProcessGroup? group = null)
    {
        _group = group;
        options = options with { Ranks = group?.Size ?? 1 };
        options = data is null ? options : options with { Data = data.Name };
        options.Validate();
        _loss = loss ?? options.CreateLoss();
        _data = TrainingData.Open(options, data, classes, remarks);
        try
        {
            var images = _data.Training;
            var full = options.WithFullPaths(data is null);
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
            _metrics = Options.Metrics is { } metrics && group is null or { Rank: 0 }
                ? new TrainingMetrics(metrics, images.Shape, images.LabelCount, images.LabelNames, OwnOptions.ParseDevice())
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

    // With the GPU of this rank.
    private TrainingOptions OwnOptions => _group is not null && Options.ParseDevice() is { Type: DeviceType.CUDA, Index: < 0 }
        ? Options with { Device = $"cuda:{_group.Settings.LocalRank}" }
        : Options;

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
    /// <exception cref="DistributedException">A rank is lost; the state before the step was saved.</exception>
    public TrainingResult Run(
        RunDirectory directory,
        string? state = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        using var hold = WriterLock.Folder(directory.Path);
        UseDevice();
        ReadImages(cancellation);
        using var session = Session();
        var changes = Restore(directory, state, session);
        if (!AllowEarlierState)
        {
            directory.RequireNoStateAfter(session.ImagesSeen);
        }

        directory.WriteOptions(Options);
        using var log = new TrainingLog(directory, session.ImagesSeen);
        var report = new TrainingReport(Options, log, progress, session.ImagesSeen);
        var run = new TrainingRun(Options, session, new Snapshots(this, _data, directory, session, _group), report, _metrics, cancellation);
        var among = _group is null ? "" : $", {_group.Size} processes";
        run.Announce($"{directory.Path}: {ImageCount} images{among}", changes);
        session.Synchronize();
        run.FinishWhatWasInterrupted(measured: log.HasMetrics);
        TrainingOutcome outcome;
        try
        {
            outcome = run.Train(() => clock.Elapsed > MaxTime);
        }
        catch (DistributedException)
        {
            run.SaveForLater(directory.Path); // The step in which a rank was lost changed nothing.
            throw;
        }

        if (outcome != TrainingOutcome.Completed)
        {
            run.SaveForLater(directory.Path);
        }

        return new(outcome, session.ImagesSeen, directory.SnapshotFile(session.ImagesSeen), directory.StateFile(session.ImagesSeen));
    }

    /// <summary>Takes part in the run of the first rank, without a file of its own.</summary>
    /// <param name="cancellation">Ends the run after the present step, on all ranks.</param>
    /// <exception cref="DistributedException">A rank is lost.</exception>
    /// <exception cref="InvalidDataException">An image is corrupt; one line.</exception>
    public TrainingOutcome Follow(CancellationToken cancellation = default)
    {
        UseDevice();
        ReadImages(cancellation);
        using var session = Session();
        return TrainingFollower.Run(Options, session, () => Snapshots.Share(this, _data, session, _group!), cancellation);
    }

    /// <summary>Closes the data and frees the images.</summary>
    public void Dispose()
    {
        _images?.Dispose();
        _metrics?.Dispose();
        _data.Dispose();
    }

    private TrainingSession Session()
    {
        var session = new TrainingSession(OwnOptions, Description, _loss, _images!, _group);
        _images = null; // The session closes them.
        return session;
    }

    // Goes on from a state, and says which changed options can change the bits.
    private IReadOnlyList<string> Restore(RunDirectory directory, string? state, TrainingSession session)
    {
        if ((state ?? directory.LatestState()) is not { } from)
        {
            return [];
        }

        TrainingStateFile.Load(from, session);
        return File.Exists(directory.OptionsFile) ? TrainingOptionChanges.OfBits(directory.ReadOptions(), Options) : [];
    }

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
        var device = OwnOptions.ParseDevice();
        var order = new DataOrder(_data.Training.Count, Options.Seed);
        return ResidentImages.SizeOf(_data.Training) <= Options.ResidentLimit
            ? new ResidentImages(_data.Training, device, order, cancellation)
            : new StreamedImages(_data.Training, device, order, Options.Batch);
    }
}
