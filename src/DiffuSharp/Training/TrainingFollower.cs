namespace DiffuSharp.Training;

/// <summary>What ranks do that write nothing: the steps of the run, with the first rank.</summary>
internal static class TrainingFollower
{
    /// <summary>Takes steps until the first rank ends the run.</summary>
    /// <param name="options">The run.</param>
    /// <param name="session">The computation.</param>
    /// <param name="share">What is shared of a snapshot.</param>
    /// <param name="cancellation">Ends the run on all ranks.</param>
    public static TrainingOutcome Run(TrainingOptions options, TrainingSession session, Action share, CancellationToken cancellation)
    {
        session.Synchronize();
        while (session.ImagesSeen < options.TotalImages)
        {
            var wish = session.Agree(cancellation.IsCancellationRequested ? TrainingWish.Cancel : TrainingWish.GoOn);
            if (wish != TrainingWish.GoOn)
            {
                return TrainingRun.OutcomeOf(wish);
            }

            var before = session.ImagesSeen;
            session.Step();
            if (TrainingRun.IsSnapshot(options, before, session.ImagesSeen))
            {
                share();
            }
        }

        return TrainingOutcome.Completed;
    }
}
