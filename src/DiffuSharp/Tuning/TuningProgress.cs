namespace DiffuSharp.Tuning;

/// <summary>Where a run stands.</summary>
/// <param name="Point">The newest entry of the history.</param>
/// <param name="Iterations">Steps at the end.</param>
/// <param name="Initial">The validation metric of the sampler from which it started.</param>
/// <param name="Best">The best validation metric so far.</param>
/// <param name="Remaining">Time to the end at the speed so far.</param>
public sealed record TuningProgress(TuningPoint Point, int Iterations, double Initial, double Best, TimeSpan Remaining);
