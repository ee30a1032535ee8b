using DiffuSharp.Tuning.Losses;

namespace DiffuSharp.Tuning;

/// <summary>One entry of the history of a run.</summary>
/// <param name="Iteration">Steps taken before the loss was computed.</param>
/// <param name="Loss">Loss of the batch; null in the entry after the last step.</param>
/// <param name="Parts">Terms of the loss.</param>
/// <param name="Validation">The validation metric at these parameters; null where it was not measured.</param>
public sealed record TuningPoint(int Iteration, double? Loss, IReadOnlyList<LossPart> Parts, double? Validation);
