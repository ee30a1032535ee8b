using DiffuSharp.Torch.Distributed;

namespace DiffuSharp.Dealing;

/// <summary>
/// Pieces of work that ranks compute in turn and the first rank gets in order. A piece is the same computation whoever does it, so that the results do not
/// depend on the number of ranks.
/// </summary>
internal static class DealtWork
{
    /// <summary>The results in order; nothing on other ranks than the first, which compute their pieces as they are enumerated.</summary>
    /// <param name="group">The ranks; null for this process alone.</param>
    /// <param name="pieces">How many.</param>
    /// <param name="make">Computes a piece of this rank.</param>
    public static IEnumerable<byte[]> InOrder(ProcessGroup? group, int pieces, Func<int, byte[]> make)
    {
        var (rank, ranks) = group is null ? (0, 1) : (group.Rank, group.Size);
        for (var first = 0; first < pieces; first += ranks)
        {
            var own = first + rank < pieces ? make(first + rank) : [];
            var all = group is null ? [own] : group.GatherBytes(own) ?? [];
            foreach (var result in all.Take(pieces - first))
            {
                yield return result;
            }
        }
    }
}
