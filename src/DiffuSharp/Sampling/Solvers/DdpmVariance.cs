namespace DiffuSharp.Sampling.Solvers;

/// <summary>
/// σ_t² of DDPM's reverse step (Ho et al. 2020, section 3.2). A variance that the network predicts for each pixel depends on the image
/// and is therefore no coefficient of a tableau; one number per step is, see <see cref="GgdmCoefficients"/>.
/// </summary>
public enum DdpmVariance
{
    /// <summary>β̃_t = β_t (1 − ᾱ_{t−1})/(1 − ᾱ_t): keeps the marginals of the process.</summary>
    FixedSmall,

    /// <summary>β_t: more noise than the process has, right for data of unit variance.</summary>
    FixedLarge,
}
