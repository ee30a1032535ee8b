namespace DiffuSharp.Metrics.Evaluation;

/// <summary>One measured number.</summary>
/// <param name="Name">Such as <c>fid</c>.</param>
/// <param name="Value">The number.</param>
/// <param name="Uncertainty">Its spread; null if unknown.</param>
/// <param name="UncertaintyKind">What the spread is, such as <c>bootstrap standard error</c>; null without one.</param>
/// <param name="Images">Images that were measured, N.</param>
/// <param name="ReferenceImages">Images that they were measured against; null without a reference or if it does not say.</param>
/// <param name="Note">How it was computed and how it depends on N.</param>
public sealed record MetricValue(
    string Name, double Value, double? Uncertainty, string? UncertaintyKind, long Images, long? ReferenceImages, string Note)
{
    /// <summary>The values of which <see cref="Value"/> is the mean, one for each range of seeds or subset; null for a single one.</summary>
    public IReadOnlyList<double>? Repeats { get; init; }

    /// <summary>The same for each class that has images, by its name, or by its number where it has none; null where not measured.</summary>
    public IReadOnlyDictionary<string, double>? PerClass { get; init; }

    /// <summary>Time that the metric took, without its features; numbers that come together share it.</summary>
    public double Seconds { get; init; }
}
