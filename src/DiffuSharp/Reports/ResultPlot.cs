namespace DiffuSharp.Reports;

/// <summary>
/// Plots of result lines. Lines with the same series and x, such as runs with several seeds, are averaged, and the band is one standard error of
/// their mean to each side. Lines that lack a field of a panel are left out of it.
/// </summary>
public static class ResultPlot
{
    // Symbols at more points than these hide their line.
    private const int MostSymbols = 40;

    /// <summary>A line chart, or panels if there are several fields for the vertical axis.</summary>
    /// <param name="lines">Results in any order.</param>
    /// <param name="options">Which of their fields to draw.</param>
    /// <exception cref="InvalidInputException">The options contradict each other, or no line has the fields.</exception>
    /// <exception cref="InvalidDataException">A field is no number.</exception>
    public static Plot Create(IReadOnlyList<ResultLine> lines, ResultPlotOptions options)
    {
        options.Validate();
        var panels = options.Y.Select(y => Measured(lines, options, y)).ToList();
        var charts = panels.Select((series, i) => Chart(series, options, i)).ToList();
        Plot plot = charts is [var only] ? only : new Panels(charts);
        return plot with { Title = options.Title, Subtitle = Protocol(panels, options) };
    }

    // The lines of each series that have the panel's fields.
    private static List<IGrouping<string, ResultLine>> Measured(IReadOnlyList<ResultLine> lines, ResultPlotOptions options, string y)
    {
        var series = lines
            .Where(line => line.FindNumber(options.X) is not null && line.FindNumber(y) is not null)
            .Where(line => options.Series is null || line.FindText(options.Series) is not null)
            .GroupBy(
                line => options.Series is { } field ? line.FindText(field)! : Path.GetFileNameWithoutExtension(line.File), StringComparer.Ordinal)
            .ToList();
        return series.Count > 0
            ? InOrder(series)
            : throw NothingToDraw(lines, [options.X, y, .. options.Series is { } name ? new[] { name } : []]);
    }

    private static LineChart Chart(List<IGrouping<string, ResultLine>> series, ResultPlotOptions options, int panel)
    {
        var y = options.Y[panel];
        var error = options.Error.Count > 0 ? options.Error[panel] : null;
        return new LineChart(
            new PlotAxis(options.XTitle ?? options.X) { Log = options.LogX },
            new PlotAxis(options.YTitle.Count > 0 ? options.YTitle[panel] : y) { Log = options.LogY },
            [.. series.Select(group => Series(group.Key, group, options.X, y, error))]);
    }

    private static string Protocol(List<List<IGrouping<string, ResultLine>>> panels, ResultPlotOptions options)
    {
        const string Bands = "ands are one standard error to each side";
        var counts = panels.SelectMany(series => series).SelectMany(group => group.GroupBy(line => line.FindNumber(options.X))).Select(lines => lines.Count());
        var (least, most) = (counts.Min(), counts.Max());
        return options.Error.Count > 0 ? $"B{Bands}"
            : most == 1 ? ""
            : $"Means of {(least == most ? $"{most}" : $"{least} to {most}")} results; b{Bands}";
    }

    private static PlotSeries Series(string name, IEnumerable<ResultLine> lines, string x, string y, string? error)
    {
        var points = lines.GroupBy(line => line.FindNumber(x)!.Value).OrderBy(group => group.Key)
            .Select(group => Point(name, group.Key, [.. group], y, error)).ToList();
        return new PlotSeries(name, points) { Mark = points.Count > MostSymbols ? SeriesMark.Line : SeriesMark.LineAndPoints };
    }

    private static PlotPoint Point(string name, double x, IReadOnlyList<ResultLine> lines, string y, string? error)
    {
        var values = lines.Select(line => line.FindNumber(y)!.Value).ToList();
        var mean = values.Average();
        if (error is not null)
        {
            return lines is [var line]
                ? line.FindNumber(error) is { } given ? PlotPoint.WithError(x, mean, given) : new PlotPoint(x, mean)
                : throw new InvalidInputException(
                    $"{error}: {lines.Count} lines are of series '{name}' at x = {x}, so their spread gives the error; leave {error} out");
        }

        return values.Count == 1
            ? new PlotPoint(x, mean)
            : PlotPoint.WithError(x, mean, StandardError.OfMean(values));
    }

    // Names that are numbers (5, 10, 100) by their size; others as they come.
    private static List<IGrouping<string, ResultLine>> InOrder(List<IGrouping<string, ResultLine>> groups) =>
        groups.All(group => double.TryParse(group.Key, out _)) ? [.. groups.OrderBy(group => double.Parse(group.Key))] : groups;

    private static InvalidInputException NothingToDraw(IReadOnlyList<ResultLine> lines, IReadOnlyList<string> fields)
    {
        var missing = fields.FirstOrDefault(field => lines.All(line => line.FindText(field) is null));
        var known = lines[0].Content.EnumerateObject().Select(property => property.Name).Take(20);
        return new InvalidInputException(
            $"{lines[0].File}: no line has {(missing is null ? $"all of {string.Join(", ", fields)}" : $"the field '{missing}'")}; "
            + $"the first one has {string.Join(", ", known)}");
    }
}
