namespace DiffuSharp.Tuning;

/// <summary>Why a run ended.</summary>
public enum TuningOutcome
{
    /// <summary>All steps were taken.</summary>
    Completed,

    /// <summary>The validation metric did not improve any more.</summary>
    StoppedEarly,
}
