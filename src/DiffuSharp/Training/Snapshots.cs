using DiffuSharp.Networks;
using DiffuSharp.Torch.Distributed;
using static System.FormattableString;

namespace DiffuSharp.Training;

/// <summary>Writes what a run leaves behind: model files of the averaged weights, sample grids and training states.</summary>
internal sealed class Snapshots(Trainer trainer, TrainingData data, RunDirectory directory, TrainingSession session, ProcessGroup? group)
{
    private const int StatesKept = 2;

    private long? _written = Earlier(directory, session.ImagesSeen);

    /// <summary>Whether cancellation cut the present snapshot short.</summary>
    public bool IsInterrupted { get; private set; }

    private string FakesFile => directory.FakesFile(session.ImagesSeen);

    /// <summary>Whether the snapshot of this point in training has its sample grid, which is written last.</summary>
    public bool IsComplete() => File.Exists(FakesFile);

    /// <summary>Measures the held-out loss, then writes the model and a sample grid.</summary>
    /// <returns>The held-out loss; null without held-out images.</returns>
    /// <param name="shared">Whether the other ranks measure too (<see cref="Share"/>); then that is not cut short.</param>
    /// <param name="cancellation">Cuts it short.</param>
    public HeldoutResult? Write(bool shared, CancellationToken cancellation)
    {
        using var model = Averaged();
        HeldoutResult? heldout = null;
        try
        {
            heldout = data.Heldout is null ? null : new HeldoutLoss(data.Heldout).Measure(model.Denoiser, shared ? group : null, shared && group is not null ? default : cancellation);
            WriteModel(heldout);
            SampleGrid.Write(FakesFile, model.Denoiser, data.Training, cancellation);
        }
        catch (OperationCanceledException)
        {
            IsInterrupted = true; // What was measured so far is kept; the run itself saves and stops.
        }

        return heldout;
    }

    /// <summary>A model of the averaged weights as they are now, ready to run; the caller disposes of it.</summary>
    public DiffusionModel Averaged() => Averaged(trainer, session);

    /// <summary>What another rank does while the first writes a snapshot: its share of the held-out loss.</summary>
    public static void Share(Trainer trainer, TrainingData data, TrainingSession session, ProcessGroup group)
    {
        if (data.Heldout is not null)
        {
            using var model = Averaged(trainer, session);
            new HeldoutLoss(data.Heldout).Measure(model.Denoiser, group);
        }
    }

    private static DiffusionModel Averaged(Trainer trainer, TrainingSession session)
    {
        var model = new DiffusionModel(trainer.Description);
        model.Network.requires_grad_(false);
        model.Network.eval();
        model.To(session.Model.Denoiser.Device);
        session.Ema.CopyTo(model.Network);
        return model;
    }

    /// <summary>Writes the model file without measurements, unless it is there, perhaps with them.</summary>
    public void EnsureModel()
    {
        if (_written != session.ImagesSeen)
        {
            WriteModel(null);
        }
    }

    /// <summary>Writes the training state and removes all but the latest two.</summary>
    public void WriteState()
    {
        var file = directory.StateFile(session.ImagesSeen);
        TrainingStateFile.Save(file, session);
        directory.KeepLatestStates(file, StatesKept);
    }

    // The model that was written with the state from which the run goes on.
    private static long? Earlier(RunDirectory directory, long imagesSeen)
    {
        var file = directory.SnapshotFile(imagesSeen);
        try
        {
            return File.Exists(file) && ModelFile.ReadDescription(file).TrainingKimg == imagesSeen / 1000.0 ? imagesSeen : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private void WriteModel(HeldoutResult? heldout)
    {
        var description = trainer.Description with
        {
            TrainingKimg = session.ImagesSeen / 1000.0,
            EmaHalflifeKimg = trainer.Options.Ema / 1000.0,
            Metrics = heldout is null ? null : Metrics(heldout),
        };
        ModelFile.Save(directory.SnapshotFile(session.ImagesSeen), description, session.Ema.state_dict());
        _written = session.ImagesSeen;
    }

    private Dictionary<string, string> Metrics(HeldoutResult heldout)
    {
        var protocol = $"{data.Heldout!.Count} images of {data.Heldout.Name}, noise seeds 0-{data.Heldout.Count - 1}, averaged weights";
        var metrics = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["heldout_loss"] = Invariant($"{heldout.Weighted:G6} (EDM's weighted loss per pixel; {protocol})"),
        };
        for (var k = 0; k < heldout.Mse.Count; k++)
        {
            metrics[Invariant($"heldout_mse_sigma_{HeldoutLoss.Sigmas[k]:0.###}")] =
                Invariant($"{heldout.Mse[k]:G6} (mean squared error per pixel; {protocol})");
        }

        return metrics;
    }
}
