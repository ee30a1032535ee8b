namespace DiffuSharp.Likelihood;

/// <summary>How the trace of the denoiser's Jacobian is found.</summary>
public enum TraceKind
{
    /// <summary>Hutchinson's estimate vᵀJv with v of independent ±1 (Rademacher), fixed along the path: unbiased.</summary>
    Hutchinson,

    /// <summary>One vector-Jacobian product for every value of an image: for small dimensions.</summary>
    Exact,
}
