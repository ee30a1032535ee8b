namespace DiffuSharp.Tuning;

/// <summary>The kinds of numbers in a row x_i = p_i ξ + Σ a_ij x_j + Σ c_ij D_j + s_i z_i, D_i = D(x_i; σ_i).</summary>
public enum CoefficientKind
{
    /// <summary>σ_i, what the network is told.</summary>
    Sigma,

    /// <summary>p_i.</summary>
    Prior,

    /// <summary>a_ij.</summary>
    State,

    /// <summary>c_ij.</summary>
    Denoised,

    /// <summary>s_i.</summary>
    Noise,
}
