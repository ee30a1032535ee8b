using DiffuSharp.Torch;

namespace DiffuSharp.Search.Verifiers;

/// <summary>What a verifier sees.</summary>
/// <param name="Images">[N,C,H,W] in [−1, 1]: samples, or predictions of them (denoised images).</param>
/// <param name="Classes">The wanted class of each; null where the model has none.</param>
/// <param name="Observed">Denoised images at <see cref="IVerifier.ObservedSigma"/>; null where no trajectory was seen.</param>
public sealed record VerifierBatch(Tensor Images, long[]? Classes, Tensor? Observed = null);
