namespace DiffuSharp.Training;

/// <summary>How a run ended.</summary>
/// <param name="Outcome">Why.</param>
/// <param name="ImagesSeen">Images seen in all.</param>
/// <param name="Snapshot">Model file of the averaged weights at the end.</param>
/// <param name="State">Training state at the end.</param>
public sealed record TrainingResult(TrainingOutcome Outcome, long ImagesSeen, string Snapshot, string State);

/// <summary>Why a run ended.</summary>
public enum TrainingOutcome
{
    /// <summary>All images were seen.</summary>
    Completed,

    /// <summary>The time given to it was over; the run can be resumed.</summary>
    OutOfTime,

    /// <summary>It was cancelled; the run can be resumed.</summary>
    Cancelled,
}
