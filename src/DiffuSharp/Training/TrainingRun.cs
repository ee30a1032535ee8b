namespace DiffuSharp.Training;

/// <summary>The course of a run: steps, ticks and measurements, until all images are seen or it is stopped.</summary>
internal sealed class TrainingRun(
    TrainingOptions options, TrainingSession session, Snapshots snapshots, TrainingReport report, TrainingMetrics? metrics, CancellationToken cancellation)
{
    private const double Thousand = 1000;

    private double Kimg => session.ImagesSeen / Thousand;

    private bool IsOver => session.ImagesSeen >= options.TotalImages;

    /// <summary>How a run ends that stops before its end.</summary>
    public static TrainingOutcome OutcomeOf(TrainingWish wish) => wish == TrainingWish.Cancel ? TrainingOutcome.Cancelled : TrainingOutcome.OutOfTime;

    /// <summary>Says what is trained, and what may differ from an uninterrupted run.</summary>
    public void Announce(string subject, IReadOnlyList<string> changes)
    {
        var parameters = session.Model.Network.parameters().Sum(p => p.numel());
        report.Say($"{subject}, {parameters} parameters, {Kimg:0.###} of {options.TotalImages / Thousand:0.###} kimg seen");
        if (changes.Count > 0)
        {
            report.Say($"resumed with {string.Join(", ", changes)}: the bits may differ from those of an uninterrupted run");
        }
    }

    /// <summary>Makes up for a first measurement or a last snapshot in which the run was stopped.</summary>
    /// <param name="measured">Whether the log has a measurement already.</param>
    public void FinishWhatWasInterrupted(bool measured)
    {
        if (metrics is not null)
        {
            using var model = snapshots.Averaged();
            report.Say(metrics.Estimate(model.Denoiser));
            if (!measured)
            {
                Measure();
            }
        }

        if (IsOver && !snapshots.IsComplete())
        {
            Tick(session.ImagesSeen, shared: false);
        }
    }

    /// <summary>Takes steps, with a tick every so many images.</summary>
    /// <param name="isOutOfTime">Asked before each step.</param>
    public TrainingOutcome Train(Func<bool> isOutOfTime)
    {
        while (!IsOver)
        {
            var own = cancellation.IsCancellationRequested ? TrainingWish.Cancel : isOutOfTime() ? TrainingWish.StopInTime : TrainingWish.GoOn;
            var wish = session.Agree(own);
            if (wish != TrainingWish.GoOn)
            {
                return OutcomeOf(wish);
            }

            var before = session.ImagesSeen;
            report.Step(session.Step(), session.ImagesSeen);
            Measure();
            if (IsOver || Passed(before, ticks: 1))
            {
                Tick(before, shared: true);
            }
        }

        return snapshots.IsInterrupted ? TrainingOutcome.Cancelled : TrainingOutcome.Completed;
    }

    /// <summary>Saves all from which the run can go on.</summary>
    /// <param name="directory">What is to be resumed.</param>
    public void SaveForLater(string directory)
    {
        snapshots.EnsureModel();
        snapshots.WriteState();
        if (report.HasNews)
        {
            report.Tick(session.ImagesSeen, session.LearningRate(session.ImagesSeen), null);
        }

        report.Say($"stopped at {Kimg:0.###} kimg; continue with --resume {directory}");
    }

    private void Tick(long before, bool shared)
    {
        using var pause = report.Pause();
        var heldout = IsSnapshot(options, before, session.ImagesSeen) ? snapshots.Write(shared, cancellation) : null;
        if (IsOver || Passed(before, options.Dump))
        {
            snapshots.WriteState();
        }

        report.Tick(session.ImagesSeen, session.LearningRate(session.ImagesSeen), heldout);
    }

    private void Measure()
    {
        if (metrics?.IsDue(session.ImagesSeen, options.Batch, options.TotalImages) != true)
        {
            return;
        }

        using var pause = report.Pause();
        using var model = snapshots.Averaged();
        try
        {
            report.Metrics(session.ImagesSeen, metrics.Measure(model.Denoiser, cancellation));
        }
        catch (OperationCanceledException)
        {
            // The run stops after this step, and measures when it goes on.
        }
        catch (Exception error) when (error is InvalidDataException or InvalidInputException)
        {
            report.Say($"metrics at kimg {Kimg:0.###}: not measured, {error.Message}");
        }
    }

    /// <summary>Whether a snapshot is due after a step.</summary>
    public static bool IsSnapshot(TrainingOptions options, long before, long now) => now >= options.TotalImages || Passed(options, before, now, options.Snap);

    private bool Passed(long before, int ticks) => Passed(options, before, session.ImagesSeen, ticks);

    // Whether a multiple of so many ticks lies between then and now.
    private static bool Passed(TrainingOptions options, long before, long now, int ticks) =>
        ticks > 0 && before / (options.Tick * ticks) != now / (options.Tick * ticks);
}
