using DiffuSharp.Torch;

namespace DiffuSharp.Training.Losses;

/// <summary>The value of a loss.</summary>
/// <param name="PerPixel">Weighted squared errors [N,C,H,W], in the denoiser's precision and on its device.</param>
/// <param name="Sigma">Noise levels [N], float64, on the CPU.</param>
public sealed record LossValues(Tensor PerPixel, Tensor Sigma);
