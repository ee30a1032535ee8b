namespace DiffuSharp.Training;

/// <summary>How a run ended.</summary>
/// <param name="Outcome">Why.</param>
/// <param name="ImagesSeen">Images seen in all.</param>
/// <param name="Snapshot">Model file of the averaged weights at the end.</param>
/// <param name="State">Training state at the end.</param>
public sealed record TrainingResult(TrainingOutcome Outcome, long ImagesSeen, string Snapshot, string State);
