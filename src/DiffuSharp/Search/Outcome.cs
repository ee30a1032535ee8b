namespace DiffuSharp.Search;

/// <summary>What became of one candidate.</summary>
/// <param name="Image">Number of the image in its block.</param>
/// <param name="Score">The verifier's.</param>
/// <param name="Nfe">Network evaluations that it cost.</param>
/// <param name="Calls">Verifier calls that it cost.</param>
public sealed record Outcome(int Image, double Score, long Nfe, int Calls)
{
    /// <summary>8-bit pixels [C,H,W]; null where they are not needed because the candidate is no improvement.</summary>
    public byte[]? Pixels { get; init; }

    /// <summary>Addresses of the draws of a particle's line; null elsewhere.</summary>
    public ulong[]? Line { get; init; }
}
