namespace DiffuSharp.Training;

/// <summary>What ranks do that write nothing: the steps of the run, with the first rank.</summary>
internal static class TrainingFollower
{
    /// <summary>Takes steps until the first rank ends the run.</summary>
    public static TrainingOutcome Run(TrainingOptions options, TrainingSession session, CancellationToken cancellation)
    {
        session.Synchronize();
        while (session.ImagesSeen < options.TotalImages)
        {
            var wish = session.Agree(cancellation.IsCancellationRequested ? TrainingWish.Cancel : TrainingWish.GoOn);
            if (wish != TrainingWish.GoOn)
            {
                return TrainingRun.OutcomeOf(wish);
            }

            session.Step();
        }

        return TrainingOutcome.Completed;
    }
}
