using DiffuSharp.Torch;

namespace DiffuSharp.Sampling;

/// <summary>What an observer sees of a run: one row of the tableau. The tensors are freed after the call.</summary>
/// <param name="Row">Index i of the row.</param>
/// <param name="Sigma">σ_i.</param>
/// <param name="State">x_i [N,C,H,W].</param>
/// <param name="Denoised">D_i [N,C,H,W]; null for the last row, which is the sample.</param>
public sealed record SamplerStep(int Row, double Sigma, Tensor State, Tensor? Denoised);
