using DiffuSharp.Torch;

namespace DiffuSharp.Likelihood;

/// <summary>The vectors v_p of which Σ_p w v_pᵀ J v_p estimates, or is, the trace of J.</summary>
internal abstract class TraceEstimator
{
    /// <summary>Vectors for each image.</summary>
    public abstract int Count { get; }

    /// <summary>w.</summary>
    public abstract double Weight { get; }

    /// <summary>v_p of the given images, [N, C·H·W].</summary>
    public abstract Tensor Vectors(int p, Tensor images);
}
