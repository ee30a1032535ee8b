using System.Text.Json.Nodes;

namespace DiffuSharp.Reports;

/// <summary>Series over a common pair of axes, with error bands where their points have them.</summary>
/// <param name="X">Horizontal axis.</param>
/// <param name="Y">Vertical axis.</param>
/// <param name="Series">At least one; their names differ.</param>
public sealed record LineChart(PlotAxis X, PlotAxis Y, IReadOnlyList<PlotSeries> Series) : Plot
{
    /// <summary>Pixels of the plotting area; 100 to 2000.</summary>
    public int Height { get; init; } = 320;

    /// <inheritdoc/>
    public override void Validate()
    {
        X.Validate();
        Y.Validate();
        if (Height is < 100 or > 2000)
        {
            throw Refusal($"height {Height}: must be from 100 to 2000 pixels");
        }

        if (Series.Count == 0)
        {
            throw Refusal("there is no series to draw");
        }

        if (Series.GroupBy(series => series.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw Refusal($"two series are named '{twice.Key}'");
        }

        foreach (var series in Series)
        {
            Validate(series);
        }
    }

    private protected override void Describe(JsonObject spec)
    {
        spec["autosize"] = new JsonObject { ["type"] = "fit-x", ["contains"] = "padding" };
        Describe(spec, Width, new SeriesScales(Series));
    }

    /// <summary>The chart alone, of this width in pixels, with series that look as they do in the charts beside it.</summary>
    internal void Describe(JsonObject spec, int width, SeriesScales scales)
    {
        spec["width"] = width;
        spec["height"] = Height;
        spec["data"] = new JsonObject { ["values"] = ChartRows.Of(Series) };
        spec["encoding"] = new JsonObject { ["x"] = ChartAxis.Describe("x", X, width, Series.SelectMany(s => s.Points).Select(p => p.X)) };
        spec["layer"] = new ChartLayers(this, scales).Describe();
    }

    private void Validate(PlotSeries series)
    {
        if (!series.Points.Any(point => point.IsDrawn))
        {
            throw Refusal($"series '{series.Name}' has no point to draw");
        }

        if (series.Points.FirstOrDefault(point => !double.IsFinite(point.X)) is { } nowhere)
        {
            throw Refusal($"series '{series.Name}': x is {nowhere.X}");
        }

        if (X.Log && series.Points.FirstOrDefault(point => point.X <= 0) is { } left)
        {
            throw Refusal($"series '{series.Name}': x is {left.X}, which a logarithmic axis cannot show");
        }

        if (Y.Log && series.Points.FirstOrDefault(point => point.IsDrawn && (point.Y <= 0 || (point.HasBand && point.Low <= 0))) is { } below)
        {
            var (what, value) = below.Y <= 0 ? ("y", below.Y) : ("the lower end of the error", below.Low);
            throw Refusal($"series '{series.Name}': {what} is {value} at x = {below.X}, which a logarithmic axis cannot show");
        }
    }

    private InvalidInputException Refusal(string why) => new($"chart '{(Title.Length > 0 ? Title : Y.Title)}': {why}");
}
