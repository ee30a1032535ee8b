using DiffuSharp.Torch;

namespace DiffuSharp.Denoising;

/// <summary>The columns c_skip, c_out, c_in, c_noise of EDM's Table 1 for given noise levels; null stands for 1.</summary>
/// <param name="Skip">c_skip(σ).</param>
/// <param name="Out">c_out(σ).</param>
/// <param name="In">c_in(σ).</param>
/// <param name="Noise">c_noise(σ), what the network is told of the noise level.</param>
public readonly record struct Coefficients(Tensor? Skip, Tensor Out, Tensor? In, Tensor Noise);
