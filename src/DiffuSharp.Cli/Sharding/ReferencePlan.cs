namespace DiffuSharp.Cli.Sharding;

/// <summary>What a shard of <c>evaluate ref</c> is a part of.</summary>
internal sealed record ReferencePlan
{
    /// <summary>The verb in the file of a shard.</summary>
    public const string Kind = "evaluate ref";

    /// <summary>The features, JSON.</summary>
    public required string Protocol { get; init; }

    /// <summary>Name of the data set.</summary>
    public required string Dataset { get; init; }

    /// <summary>Images of the data set.</summary>
    public required int Images { get; init; }

    /// <summary>Images of a piece.</summary>
    public required int Batch { get; init; }

    /// <summary>Images whose features are kept.</summary>
    public required int Subset { get; init; }

    /// <summary>Seed of their choice.</summary>
    public required int Seed { get; init; }

    /// <summary>Names of the classes; null where unknown.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>Pieces of all shards.</summary>
    public int Pieces => (Images + Batch - 1) / Batch;
}
