namespace DiffuSharp.Torch;

/// <content>Linear algebra.</content>
public static partial class torch
{
    /// <summary>PyTorch's <c>torch.linalg</c>.</summary>
    public static class linalg
    {
        private static readonly Operator s_eigh = new("aten::linalg_eigh");
        private static readonly Operator s_eigvalsh = new("aten::linalg_eigvalsh");
        private static readonly Operator s_svdvals = new("aten::linalg_svdvals");

        /// <summary>Eigenvalues (ascending, [n]) and eigenvectors (columns of [n,n]) of a symmetric matrix; the lower triangle is read.</summary>
        public static (Tensor Values, Tensor Vectors) eigh(Tensor matrix)
        {
            var result = s_eigh.CallTuple(matrix);
            return (result[0], result[1]);
        }

        /// <summary>Eigenvalues of a symmetric matrix, ascending; the lower triangle is read.</summary>
        public static Tensor eigvalsh(Tensor matrix) => s_eigvalsh.Call(matrix);

        /// <summary>Singular values, descending.</summary>
        public static Tensor svdvals(Tensor matrix) => s_svdvals.Call(matrix);
    }
}
