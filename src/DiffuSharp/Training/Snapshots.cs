using DiffuSharp.Networks;
using static System.FormattableString;

namespace DiffuSharp.Training;

/// <summary>Writes what a run leaves behind: model files of the averaged weights, sample grids and training states.</summary>
internal sealed class Snapshots(Trainer trainer, TrainingData data, RunDirectory directory, TrainingSession session)
{
    private const int StatesKept = 2;

    /// <summary>Measures the held-out loss, then writes the model and a sample grid.</summary>
    /// <returns>The held-out loss; null without held-out images.</returns>
    public HeldoutResult? Write(CancellationToken cancellation)
    {
        using var model = new DiffusionModel(trainer.Description);
        model.Network.requires_grad_(false);
        model.Network.eval();
        model.To(session.Model.Denoiser.Device);
        session.Ema.CopyTo(model.Network);
        HeldoutResult? heldout = null;
        try
        {
            heldout = data.Heldout is null ? null : new HeldoutLoss(data.Heldout).Measure(model.Denoiser, cancellation);
            WriteModel(heldout);
            var file = directory.FakesFile(session.ImagesSeen, SampleGrid.Extension(model.Network.Shape));
            SampleGrid.Write(file, model.Denoiser, data.Training, cancellation);
        }
        catch (OperationCanceledException)
        {
            // The run itself sees the cancellation next and saves; what was measured so far is kept.
        }

        return heldout;
    }

    /// <summary>Writes the model file of the averaged weights.</summary>
    public void WriteModel(HeldoutResult? heldout)
    {
        var description = trainer.Description with
        {
            TrainingKimg = session.ImagesSeen / 1000.0,
            EmaHalflifeKimg = trainer.Options.Ema / 1000.0,
            Metrics = heldout is null ? null : Metrics(heldout),
        };
        ModelFile.Save(directory.SnapshotFile(session.ImagesSeen), description, session.Ema.state_dict());
    }

    /// <summary>Writes the training state and removes all but the latest two.</summary>
    public void WriteState()
    {
        var file = directory.StateFile(session.ImagesSeen);
        TrainingStateFile.Save(file, session);
        directory.KeepLatestStates(file, StatesKept);
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
