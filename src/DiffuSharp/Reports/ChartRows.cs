using System.Text.Json.Nodes;

namespace DiffuSharp.Reports;

/// <summary>
/// The points of a chart as Vega-Lite's rows: series, x, y, low and high. <c>row</c> is the order in which a line
/// joins them; a gap begins a new <c>part</c> of its series, so that no line bridges it.
/// </summary>
internal static class ChartRows
{
    public static JsonArray Of(IEnumerable<PlotSeries> series) => new([.. series.SelectMany(Of)]);

    private static IEnumerable<JsonNode> Of(PlotSeries series)
    {
        var (row, part) = (0, 0);
        foreach (var point in series.Points)
        {
            if (!point.IsDrawn)
            {
                part++;
                continue;
            }

            var values = new JsonObject { ["series"] = series.Name, ["row"] = row++, ["part"] = part, ["x"] = point.X, ["y"] = point.Y };
            if (point.HasBand)
            {
                values["low"] = point.Low;
                values["high"] = point.High;
            }

            yield return values;
        }
    }
}
