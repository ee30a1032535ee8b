using DiffuSharp.Cli.Commands;
using DiffuSharp.Metrics.Evaluation;

namespace DiffuSharp.Cli.Sharding;

/// <summary>What a shard of <c>evaluate</c> is a part of: all that decides its numbers.</summary>
internal sealed record EvaluationPlan
{
    /// <summary>The verb in the file of a shard.</summary>
    public const string Kind = "evaluate";

    /// <summary>Metrics, seeds and sizes.</summary>
    public required EvaluationOptions Options { get; init; }

    /// <summary>The features, JSON.</summary>
    public required string Protocol { get; init; }

    /// <summary>Fingerprint of the reference; null for none.</summary>
    public required string? ReferenceSha256 { get; init; }

    /// <summary>What is measured.</summary>
    public required EvaluationSource Source { get; init; }

    /// <summary>What repeats are, in the plural.</summary>
    public required string RepeatsName { get; init; }

    /// <summary>Images that ran together.</summary>
    public required int Batch { get; init; }

    /// <summary>Images of each repeat.</summary>
    public required int Images { get; init; }

    /// <summary>Pieces of each repeat.</summary>
    public int Pieces => (Images + Batch - 1) / Batch;
}
