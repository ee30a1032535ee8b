namespace DiffuSharp.Metrics.Evaluation;

/// <summary>One line of a model card.</summary>
/// <param name="Name">Such as <c>fid</c>.</param>
/// <param name="Value">The number.</param>
/// <param name="Spread">Its spread; null if unknown.</param>
/// <param name="SpreadKind">What the spread is; null without one.</param>
/// <param name="Images">On how many images, such as <c>5000 against 60000</c>.</param>
/// <param name="Note">How it was computed, and what it depends on beside the protocol of the card.</param>
public sealed record ModelCardEntry(string Name, double Value, double? Spread, string? SpreadKind, string Images, string Note)
{
    /// <summary>The line of a metric.</summary>
    public static ModelCardEntry Of(MetricValue value) => new(
        value.Name, value.Value, value.Uncertainty, value.UncertaintyKind,
        value.ReferenceImages is { } reference ? $"{value.Images} against {reference}" : $"{value.Images}", value.Note);
}
