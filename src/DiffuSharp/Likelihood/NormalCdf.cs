namespace DiffuSharp.Likelihood;

/// <summary>How the distribution function of the unit normal is computed.</summary>
public enum NormalCdf
{
    /// <summary>By the error function; the 256 bins of a pixel sum to 1 up to rounding.</summary>
    Erf,

    /// <summary>½ (1 + tanh(√(2/π) (z + 0.044715 z³))), as in the released code of DDPM: for comparison with published numbers.</summary>
    Tanh,
}
