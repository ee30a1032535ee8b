namespace DiffuSharp.Dealing;

/// <summary>One of several equal parts of numbered pieces of work, which are dealt out in turn: piece k goes to part k mod N.</summary>
/// <param name="Index">The part, from 0.</param>
/// <param name="Count">All parts, N.</param>
public readonly record struct Share(int Index, int Count)
{
    /// <summary>Everything.</summary>
    public static Share Whole => new(0, 1);

    /// <summary>Whether a piece belongs to the part.</summary>
    public bool Owns(int piece) => piece % Count == Index;
}
