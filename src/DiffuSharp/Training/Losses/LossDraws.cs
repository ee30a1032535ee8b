using DiffuSharp.Torch;

namespace DiffuSharp.Training.Losses;

/// <summary>The random numbers of one evaluation of a loss.</summary>
/// <param name="Unit">[N], float64, on the CPU: uniform in [0, 1) or unit normal, as the loss asks; chooses the noise
/// levels.</param>
/// <param name="Noise">[N,C,H,W], unit normal, on any device.</param>
public sealed record LossDraws(Tensor Unit, Tensor Noise);
