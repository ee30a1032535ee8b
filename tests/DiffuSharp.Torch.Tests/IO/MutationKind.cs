namespace DiffuSharp.Torch.Tests.IO;

/// <summary>What a mutation does at its position.</summary>
public enum MutationKind
{
    /// <summary>Sets a byte.</summary>
    Set,

    /// <summary>Flips one bit.</summary>
    FlipBit,

    /// <summary>Cuts the rest off.</summary>
    Truncate,

    /// <summary>Inserts a byte.</summary>
    Insert,

    /// <summary>Removes up to 32 bytes.</summary>
    Remove,

    /// <summary>Copies up to 32 bytes over others.</summary>
    Overwrite,

    /// <summary>Inserts a copy of up to 32 bytes.</summary>
    Splice,
}
