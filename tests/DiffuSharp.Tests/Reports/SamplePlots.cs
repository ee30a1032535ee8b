using DiffuSharp.Reports;

namespace DiffuSharp.Tests.Reports;

/// <summary>Plots with everything that plots can have.</summary>
internal static class SamplePlots
{
    public static LineChart Chart { get; } = new(
        new PlotAxis("NFE per image") { Log = true },
        new PlotAxis("FID") { Log = true },
        [
            new PlotSeries("heun", [PlotPoint.WithError(5, 100, 9), PlotPoint.WithError(9, 20, 2), new PlotPoint(17, 4)]),
            new PlotSeries("<b>\"learned\" & 'short'</b>", [new PlotPoint(3, 14), new PlotPoint(5, 6), new PlotPoint(9, 3.5)]),
        ])
    {
        Title = "Samplers", Subtitle = "N 2000, seed 0",
    };

    public static LineChart Marks { get; } = new(
        new PlotAxis("step") { Min = 0, Max = 10 },
        new PlotAxis("loss") { Zero = true },
        [
            new PlotSeries("dense", [.. Enumerable.Range(0, 50).Select(i => new PlotPoint(i * 0.2, Math.Exp(-i * 0.1)))]) { Mark = SeriesMark.Line },
            new PlotSeries("base", [new PlotPoint(0, 0.5), new PlotPoint(10, 0.5)]) { Mark = SeriesMark.Line, Dashed = true },
            new PlotSeries("runs", [PlotPoint.WithError(2, 0.7, 0.1), PlotPoint.WithError(6, 0.3, 0.1)]) { Mark = SeriesMark.Points },
        ]);

    public static Panels Panels { get; } = new([Chart with { Title = "left", Height = 220 }, Marks with { Title = "right", Height = 220 }]) { Title = "Both" };
}
