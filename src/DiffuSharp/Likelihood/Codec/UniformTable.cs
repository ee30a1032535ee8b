namespace DiffuSharp.Likelihood.Codec;

/// <summary>All symbols alike.</summary>
internal sealed record UniformTable(int Count) : ICumulativeTable
{
    /// <inheritdoc/>
    public int Total => Count;

    /// <inheritdoc/>
    public int Cumulative(int symbol) => symbol;
}
