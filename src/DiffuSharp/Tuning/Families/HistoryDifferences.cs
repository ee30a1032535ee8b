namespace DiffuSharp.Tuning.Families;

/// <summary>
/// The directions δ_ij (D_j − D_{i−1}), j &lt; i − 1: old denoised images in row i at the newest one's expense. Their coefficients add up to
/// 0, so no marginal of Theorem 1 changes, whatever δ is.
/// </summary>
internal static class HistoryDifferences
{
    /// <summary>(i, j) of all δ of a sampler with so many rows.</summary>
    public static IReadOnlyList<(int Row, int Column)> Places(int rows) =>
        [.. Enumerable.Range(2, Math.Max(0, rows - 2)).SelectMany(i => Enumerable.Range(0, i - 1).Select(j => (i, j)))];
}
