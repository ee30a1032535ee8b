using System.Text.Json.Serialization;
using DiffuSharp.Cli.Commands;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Measures;

namespace DiffuSharp.Cli.Sharding;

/// <summary>What a shard of <c>evaluate</c> is a part of: all that decides its numbers.</summary>
internal sealed record EvaluationPlan
{
    /// <summary>The verb in the file of a shard.</summary>
    public const string Kind = "evaluate";

    /// <summary>Recipes of the metrics, joined by a plus.</summary>
    public required string Metrics { get; init; }

    /// <summary>Seed of subsets, orders and resamples.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Names of the images' classes; null where unknown.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>Names of the classes of the feature network; null where unknown.</summary>
    public IReadOnlyList<string>? LogitNames { get; init; }

    /// <summary>What is measured and how.</summary>
    [JsonIgnore]
    public EvaluationOptions Options => new() { Metrics = Metric.ParseList(Metrics), Seed = Seed };

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
