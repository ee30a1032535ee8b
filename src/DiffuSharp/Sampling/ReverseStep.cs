using DiffuSharp.Torch;

namespace DiffuSharp.Sampling;

/// <summary>p(x_{t−1} | x_t) of a model, a Gaussian for every pixel.</summary>
/// <param name="Denoised">x̂_0 [N,C,H,W], float64.</param>
/// <param name="Mean">μ_θ [N,C,H,W], float64.</param>
/// <param name="LogVariance">ln of the variance, [N,C,H,W] if learned, else [N,1,1,1] or [1,1,1,1], float64.</param>
public sealed record ReverseStep(Tensor Denoised, Tensor Mean, Tensor LogVariance);
