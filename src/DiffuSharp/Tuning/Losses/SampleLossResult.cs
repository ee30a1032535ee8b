using DiffuSharp.Torch;

namespace DiffuSharp.Tuning.Losses;

/// <summary>A loss of a batch of samples and its gradient.</summary>
/// <param name="Value">The loss.</param>
/// <param name="Gradient">dL/d(samples), [N,C,H,W], float64, on the samples' device.</param>
/// <param name="Parts">The terms.</param>
public sealed record SampleLossResult(double Value, Tensor Gradient, IReadOnlyList<LossPart> Parts);
