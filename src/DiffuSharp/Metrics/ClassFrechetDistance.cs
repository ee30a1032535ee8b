namespace DiffuSharp.Metrics;

/// <summary>Frechet distance within each class: a generator that confuses classes may have a good distance overall and bad ones here.</summary>
public static class ClassFrechetDistance
{
    /// <summary>One distance for each class of the reference; NaN where either side has fewer than two images.</summary>
    /// <param name="generated">Statistics of each class.</param>
    /// <param name="reference">Statistics of each class.</param>
    /// <exception cref="InvalidInputException">The numbers of features differ.</exception>
    public static IReadOnlyList<double> Compute(
        IReadOnlyList<FeatureStatistics?> generated, IReadOnlyList<FeatureStatistics?> reference) =>
        [.. reference.Select((target, k) => k < generated.Count && generated[k] is { } own && target is not null
            ? FrechetDistance.Compute(own, target).Value
            : double.NaN)];
}
