using DiffuSharp.Data;
using DiffuSharp.Dealing;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Torch;
using DiffuSharp.Torch.Distributed;

namespace DiffuSharp.Metrics.Evaluation;

/// <summary>Runs images through a feature network and adds up what the metrics need, so that only wanted features stay in memory.</summary>
public sealed class FeatureCollector : IDisposable
{
    private readonly FeatureProtocol _protocol;
    private readonly FeatureCollectorOptions _options;
    private readonly FeatureMoments _moments = new();
    private readonly FeatureMoments _spatial = new();
    private readonly SortedDictionary<long, FeatureMoments> _classMoments = [];
    private readonly List<Tensor> _features = [];
    private readonly List<Tensor> _logits = [];
    private readonly List<long> _classes = [];

    /// <summary>Nothing collected yet.</summary>
    /// <param name="protocol">The features.</param>
    /// <param name="options">What is collected.</param>
    public FeatureCollector(FeatureProtocol protocol, FeatureCollectorOptions options) => (_protocol, _options) = (protocol, options);

    /// <summary>A random choice of image numbers, at most <paramref name="size"/> of <paramref name="count"/>.</summary>
    public static IReadOnlySet<int> Subset(int count, int size, int seed) =>
        new HashSet<int>(NumPyShuffle.Subset(count, Math.Min(size, count), seed));

    /// <summary>Collects a whole sequence.</summary>
    /// <exception cref="InvalidInputException">The images do not suit the protocol, are fewer than two, or give features that are not finite.</exception>
    public static FeatureSet Collect(
        IFeatureExtractor extractor, IEnumerable<LabeledBatch> batches, FeatureCollectorOptions options, CancellationToken cancellation = default)
    {
        using var collector = new FeatureCollector(extractor.Protocol, options with { LogitNames = extractor.ClassNames });
        using var source = batches.GetEnumerator();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = torch.NewDisposeScope();
            if (!source.MoveNext())
            {
                return collector.Finish();
            }

            collector.Add(source.Current, extractor);
        }
    }

    /// <summary>Collects all batches of a source, which ranks share.</summary>
    /// <param name="extractor">The feature network.</param>
    /// <param name="source">The images.</param>
    /// <param name="options">What is collected.</param>
    /// <param name="group">The ranks; null for this process alone.</param>
    /// <param name="cancellation">Looked at before each batch.</param>
    /// <returns>What the first rank has collected, the same bits for any number of ranks; null on the others.</returns>
    /// <exception cref="InvalidInputException">The images do not suit the protocol, are fewer than two, or give features that are not finite.</exception>
    public static FeatureSet? Collect(
        IFeatureExtractor extractor, IBatchSource source, FeatureCollectorOptions options, ProcessGroup? group = null, CancellationToken cancellation = default) =>
        Collect(
            extractor.Protocol, Pieces(extractor, source, options, group, cancellation), options with { LogitNames = extractor.ClassNames },
            isReceiver: group is null or { Rank: 0 }).Set;

    /// <summary>Collects pieces in order.</summary>
    /// <param name="protocol">The features.</param>
    /// <param name="pieces">Of all images.</param>
    /// <param name="options">What is collected.</param>
    /// <param name="isReceiver">Whether the pieces come to this process; others only work for it.</param>
    /// <returns>What was collected, and the network evaluations that the images have cost.</returns>
    /// <exception cref="InvalidInputException">The images are fewer than two, or the features are not finite.</exception>
    internal static (FeatureSet? Set, long Evaluations) Collect(
        FeatureProtocol protocol, IEnumerable<byte[]> pieces, FeatureCollectorOptions options, bool isReceiver = true)
    {
        using var collector = new FeatureCollector(protocol, options);
        var evaluations = 0L;
        foreach (var bytes in pieces)
        {
            using var scope = torch.NewDisposeScope();
            var piece = FeaturePiece.FromBytes(bytes);
            collector.Add(piece.Output, piece.Classes);
            evaluations += piece.Evaluations;
        }

        return (isReceiver ? collector.Finish() : null, evaluations);
    }

    /// <summary>The pieces of a source in order, as ranks make them.</summary>
    internal static IEnumerable<byte[]> Pieces(
        IFeatureExtractor extractor, IBatchSource source, FeatureCollectorOptions options, ProcessGroup? group, CancellationToken cancellation) =>
        DealtWork.InOrder(group, source.Count, index =>
        {
            cancellation.ThrowIfCancellationRequested();
            return FeaturePiece.Compute(extractor, source, index, options);
        });

    /// <summary>Adds images.</summary>
    /// <exception cref="InvalidInputException">The images do not suit the protocol, or give features that are not finite.</exception>
    private void Add(LabeledBatch batch, IFeatureExtractor extractor)
    {
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        Add(extractor.Extract(batch.Pixels), batch.Classes);
    }

    /// <summary>Adds what the network says of images.</summary>
    /// <param name="output">On the CPU.</param>
    /// <param name="labels">Classes of the images; null where there are none.</param>
    /// <exception cref="InvalidInputException">The features are not finite.</exception>
    public void Add(FeatureBatch output, long[]? labels)
    {
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var first = (int)_moments.Count;
        _moments.Add(output.Features);
        Keep(_features, Selected(output.Features, first));
        if (_options.Logits && output.Logits is { } logits)
        {
            FeatureChecks.RequireFinite(logits, first);
            Keep(_logits, logits);
        }

        if (_options.Spatial && output.Spatial is { } spatial)
        {
            _spatial.Add(spatial);
        }

        if (labels is { } classes)
        {
            _classes.AddRange(classes);
            if (_options.PerClass)
            {
                AddPerClass(output.Features, classes);
            }
        }
    }

    /// <summary>What has been collected; hands the tensors over.</summary>
    /// <exception cref="InvalidInputException">Fewer than two images.</exception>
    public FeatureSet Finish()
    {
        var statistics = _moments.ToStatistics();
        using var scope = torch.NewDisposeScope();
        return new FeatureSet
        {
            Protocol = _protocol,
            Statistics = statistics,
            SpatialStatistics = _spatial.Count > 0 ? _spatial.ToStatistics() : null,
            Features = (_features.Count > 0 ? torch.cat([.. _features]) : torch.zeros([0, statistics.Dimension])).DetachFromDisposeScope(),
            Logits = _logits.Count > 0 ? torch.cat([.. _logits]).DetachFromDisposeScope() : null,
            Classes = _classes.Count == statistics.Count ? [.. _classes] : null,
            ClassNames = _options.ClassNames,
            LogitNames = _options.LogitNames,
            ClassStatistics = _classes.Count == statistics.Count ? PerClass() : [],
        };
    }

    /// <summary>Frees what was collected and not handed over.</summary>
    public void Dispose()
    {
        _moments.Dispose();
        _spatial.Dispose();
        foreach (var moments in _classMoments.Values)
        {
            moments.Dispose();
        }

        foreach (var tensor in _features.Concat(_logits))
        {
            tensor.Dispose();
        }
    }

    private static void Keep(List<Tensor> list, Tensor tensor)
    {
        if (tensor.size(0) > 0)
        {
            list.Add(tensor.clone().DetachFromDisposeScope());
        }
    }

    private Tensor Selected(Tensor features, int first)
    {
        if (_options.Kept is not { } kept)
        {
            return features;
        }

        long[] wanted = [.. Enumerable.Range(0, (int)features.size(0)).Where(i => kept.Contains(first + i)).Select(i => (long)i)];
        return features.index_select(0, torch.tensor(wanted));
    }

    private void AddPerClass(Tensor features, long[] classes)
    {
        foreach (var group in classes.Select((label, i) => (label, i)).GroupBy(pair => pair.label, pair => (long)pair.i))
        {
            if (!_classMoments.TryGetValue(group.Key, out var moments))
            {
                _classMoments[group.Key] = moments = new FeatureMoments();
            }

            moments.Add(features.index_select(0, torch.tensor(group.ToArray())));
        }
    }

    private FeatureStatistics?[] PerClass()
    {
        if (_classMoments.Count == 0)
        {
            return [];
        }

        var classes = Math.Max((int)_classMoments.Keys.Max() + 1, _options.ClassNames?.Count ?? 0);
        return [.. Enumerable.Range(0, classes).Select(k =>
            _classMoments.TryGetValue(k, out var moments) && moments.Count >= 2 ? moments.ToStatistics() : null)];
    }
}
