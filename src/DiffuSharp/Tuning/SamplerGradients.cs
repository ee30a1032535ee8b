using DiffuSharp.Torch;

namespace DiffuSharp.Tuning;

/// <summary>Derivatives of a function of the samples, summed over the batch where they are shared by its images.</summary>
/// <param name="Coefficients">With respect to the numbers of the tableau, in the order of the layout; float64 [P], on the CPU.</param>
/// <param name="Prior">With respect to the prior draw ξ; float64 [N,C,H,W].</param>
public sealed record SamplerGradients(Tensor Coefficients, Tensor Prior);
