namespace DiffuSharp.Training;

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
