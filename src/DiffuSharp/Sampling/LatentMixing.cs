namespace DiffuSharp.Sampling;

/// <summary>How two noisy latents are mixed.</summary>
public enum LatentMixing
{
    /// <summary>(1 − λ) a + λ b, as in the paper; for independent noises the variance of the mix is smaller, half at λ = ½.</summary>
    Lerp,

    /// <summary>Along the great circle between the two directions, which keeps the length.</summary>
    Slerp,
}
