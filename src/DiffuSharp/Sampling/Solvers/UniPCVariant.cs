namespace DiffuSharp.Sampling.Solvers;

/// <summary>B(h) of <see cref="UniPC"/> (Zhao et al. 2023).</summary>
public enum UniPCVariant
{
    /// <summary>B(h) = h.</summary>
    Bh1,

    /// <summary>B(h) = e^h − 1.</summary>
    Bh2,
}
