using DiffuSharp.Dealing;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Features;

namespace DiffuSharp.Cli.Sharding;

/// <summary>The pieces of a measurement that belong to a shard.</summary>
internal static class ShardedPieces
{
    /// <summary>Computes them.</summary>
    /// <param name="extractor">The feature network.</param>
    /// <param name="repeats">The images of each repeat, of equally many batches; pieces are numbered through.</param>
    /// <param name="share">The part.</param>
    /// <param name="options">What is collected.</param>
    /// <param name="cancellation">Looked at before each piece.</param>
    public static IReadOnlyList<(int Number, byte[] Bytes)> Compute(
        IFeatureExtractor extractor, IEnumerable<IBatchSource> repeats, Share share, FeatureCollectorOptions options, CancellationToken cancellation)
    {
        var pieces = new List<(int Number, byte[] Bytes)>();
        var first = 0;
        foreach (var source in repeats)
        {
            foreach (var index in Enumerable.Range(0, source.Count).Where(index => share.Owns(first + index)))
            {
                cancellation.ThrowIfCancellationRequested();
                pieces.Add((first + index, FeaturePiece.Compute(extractor, source, index, options)));
            }

            first += source.Count;
        }

        return pieces;
    }
}
