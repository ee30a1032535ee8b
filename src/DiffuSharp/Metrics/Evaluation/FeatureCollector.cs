using DiffuSharp.Data;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Torch;

namespace DiffuSharp.Metrics.Evaluation;

/// <summary>Runs images through a feature network and adds up what the metrics need, so that only wanted features stay in memory.</summary>
public sealed class FeatureCollector : IDisposable
{
    private readonly IFeatureExtractor _extractor;
    private readonly FeatureCollectorOptions _options;
    private readonly FeatureMoments _moments = new();
    private readonly FeatureMoments _spatial = new();
    private readonly SortedDictionary<long, FeatureMoments> _classMoments = [];
    private readonly List<Tensor> _features = [];
    private readonly List<Tensor> _logits = [];
    private readonly List<long> _classes = [];

    /// <summary>Nothing collected yet.</summary>
    /// <param name="extractor">The feature network; the caller disposes of it.</param>
    /// <param name="options">What is collected.</param>
    public FeatureCollector(IFeatureExtractor extractor, FeatureCollectorOptions options) => (_extractor, _options) = (extractor, options);

    /// <summary>A random choice of image numbers, at most <paramref name="size"/> of <paramref name="count"/>.</summary>
    public static IReadOnlySet<int> Subset(int count, int size, int seed) =>
        new HashSet<int>(NumPyShuffle.Subset(count, Math.Min(size, count), seed));

    /// <summary>Collects a whole sequence.</summary>
    /// <exception cref="InvalidInputException">The images do not suit the protocol, are fewer than two, or give features that are not finite.</exception>
    public static FeatureSet Collect(
        IFeatureExtractor extractor, IEnumerable<LabeledBatch> batches, FeatureCollectorOptions options, CancellationToken cancellation = default)
    {
        using var collector = new FeatureCollector(extractor, options);
        using var source = batches.GetEnumerator();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = torch.NewDisposeScope();
            if (!source.MoveNext())
            {
                return collector.Finish();
            }

            collector.Add(source.Current);
        }
    }

    /// <summary>Adds images.</summary>
    /// <exception cref="InvalidInputException">The images do not suit the protocol, or give features that are not finite.</exception>
    public void Add(LabeledBatch batch)
    {
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var first = (int)_moments.Count;
        var output = _extractor.Extract(batch.Pixels);
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

        if (batch.Classes is { } classes)
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
            Protocol = _extractor.Protocol,
            Statistics = statistics,
            SpatialStatistics = _spatial.Count > 0 ? _spatial.ToStatistics() : null,
            Features = (_features.Count > 0 ? torch.cat([.. _features]) : torch.zeros([0, statistics.Dimension])).DetachFromDisposeScope(),
            Logits = _logits.Count > 0 ? torch.cat([.. _logits]).DetachFromDisposeScope() : null,
            Classes = _classes.Count == statistics.Count ? [.. _classes] : null,
            ClassNames = _options.ClassNames,
            LogitNames = _extractor.ClassNames,
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
