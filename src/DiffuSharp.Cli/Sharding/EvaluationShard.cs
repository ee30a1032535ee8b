using DiffuSharp.Cli.Commands;
using DiffuSharp.Dealing;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Features;

namespace DiffuSharp.Cli.Sharding;

/// <summary>A shard of <c>evaluate</c> in the making.</summary>
/// <param name="dest">File of all shards, to which the number is added.</param>
/// <param name="share">The part.</param>
/// <param name="extractor">The feature network.</param>
/// <param name="reference">The reference; null for none.</param>
/// <param name="options">What is measured.</param>
internal sealed class EvaluationShard(
    string dest, Share share, IFeatureExtractor extractor, ReferenceStatistics? reference, EvaluationOptions options)
{
    /// <summary>The file.</summary>
    public string Path { get; } = ShardName.File(dest, share);

    /// <summary>Computes and writes the part.</summary>
    /// <param name="repeats">The images of each repeat.</param>
    /// <param name="source">What they are.</param>
    /// <param name="repeatsName">What repeats are.</param>
    /// <param name="batch">Images of a piece.</param>
    /// <param name="images">Images of a repeat.</param>
    /// <param name="classNames">Names of their classes; null where unknown.</param>
    /// <param name="cancellation">Looked at before each piece.</param>
    public void Write(
        IEnumerable<IBatchSource> repeats, EvaluationSource source, string repeatsName, int batch, int images, IReadOnlyList<string>? classNames, CancellationToken cancellation)
    {
        var plan = new EvaluationPlan
        {
            Metrics = string.Join('+', options.Metrics), Seed = options.Seed, ClassNames = classNames, LogitNames = extractor.ClassNames, Protocol = extractor.Protocol.ToJson(), ReferenceSha256 = reference?.Sha256, Source = source, RepeatsName = repeatsName,
            Batch = batch, Images = images,
        };
        var pieces = ShardedPieces.Compute(extractor, repeats, share, FeatureCollectorOptions.For(options, extractor.Protocol), cancellation);
        FeatureShard.Write(Path, EvaluationPlan.Kind, share, Invocation.ToJson(plan), pieces);
    }
}
