namespace DiffuSharp.Training;

/// <summary>What a rank wants before a step; the largest wish is granted.</summary>
internal enum TrainingWish
{
    /// <summary>Take the step.</summary>
    GoOn,

    /// <summary>Save and stop: the time is up.</summary>
    StopInTime,

    /// <summary>Save and stop: the user says so.</summary>
    Cancel,
}
