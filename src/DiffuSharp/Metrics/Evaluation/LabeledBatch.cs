using DiffuSharp.Torch;

namespace DiffuSharp.Metrics.Evaluation;

/// <summary>Images that are measured, and the classes that they are meant to show.</summary>
/// <param name="Pixels">uint8 [N,C,H,W].</param>
/// <param name="Classes">N classes; null where there are none.</param>
public sealed record LabeledBatch(Tensor Pixels, long[]? Classes);
