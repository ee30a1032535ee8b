using DiffuSharp.Torch;

namespace DiffuSharp.Metrics;

/// <summary>Functions of a symmetric matrix through its eigenvalues.</summary>
internal static class SymmetricMatrix
{
    /// <summary>V diag(λ) Vᵀ.</summary>
    /// <param name="vectors">V [d,d], one eigenvector in each column.</param>
    /// <param name="values">λ [d].</param>
    public static Tensor Compose(Tensor vectors, Tensor values) => (vectors * values).matmul(vectors.transpose(0, 1));
}
