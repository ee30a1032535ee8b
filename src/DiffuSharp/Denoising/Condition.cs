using DiffuSharp.Torch;

namespace DiffuSharp.Denoising;

/// <summary>What a denoiser is conditioned on besides the noise level.</summary>
/// <param name="Labels">Class labels [N, label_dim], one-hot or vectors; null is "no class".</param>
/// <param name="Augmentation">Augmentation labels [N, 9] (EDM, appendix F.2); null or zero at sampling.</param>
public sealed record Condition(Tensor? Labels = null, Tensor? Augmentation = null);
