namespace DiffuSharp.Training;

/// <summary>Where a run stands after a step.</summary>
/// <param name="ImagesSeen">Images so far.</param>
/// <param name="TotalImages">Images at the end.</param>
/// <param name="Loss">Mean loss of a pixel in the present tick.</param>
/// <param name="ImagesPerSecond">Speed of training in the present tick, without snapshots; 0 before the first step.</param>
/// <param name="Remaining">Time to the end at this speed, without snapshots.</param>
/// <param name="PeakMemory">Most memory that the process held so far, in bytes.</param>
/// <param name="Line">A line of the log that this report adds; null for none.</param>
public sealed record TrainingProgress(
    long ImagesSeen, long TotalImages, double Loss, double ImagesPerSecond, TimeSpan Remaining, long PeakMemory, string? Line = null);
