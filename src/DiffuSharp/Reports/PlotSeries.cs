namespace DiffuSharp.Reports;

/// <summary>Points that belong together; a line joins them in their order.</summary>
/// <param name="Name">In the legend; a series has the same colour and symbol in all panels.</param>
/// <param name="Points">At least one.</param>
public sealed record PlotSeries(string Name, IReadOnlyList<PlotPoint> Points)
{
    /// <summary>How it is drawn.</summary>
    public SeriesMark Mark { get; init; }

    /// <summary>Whether its line is dashed, as for a baseline.</summary>
    public bool Dashed { get; init; }

    /// <summary>A series of two lists of the same length.</summary>
    /// <param name="name">In the legend.</param>
    /// <param name="x">One value for each point.</param>
    /// <param name="y">One value for each point.</param>
    public static PlotSeries Create(string name, IEnumerable<double> x, IEnumerable<double> y) =>
        new(name, [.. x.Zip(y, (a, b) => new PlotPoint(a, b))]);
}
