using System.Text.Json.Nodes;

namespace DiffuSharp.Reports;

/// <summary>
/// The points of a chart as Vega-Lite's rows: series, x, y, low and high. A gap begins a new <c>part</c> of its series, so that no line bridges it.
/// </summary>
internal static class ChartRows
{
    public static JsonArray Of(IEnumerable<PlotSeries> series) => new([.. series.SelectMany(Of)]);

    private static IEnumerable<JsonNode> Of(PlotSeries series)
    {
        var part = 0;
        foreach (var point in series.Points)
        {
            if (!point.IsDrawn)
            {
                part++;
                continue;
            }

            var row = new JsonObject { ["series"] = series.Name, ["part"] = part, ["x"] = point.X, ["y"] = point.Y };
            if (point.HasBand)
            {
                row["low"] = point.Low;
                row["high"] = point.High;
            }

            yield return row;
        }
    }
}
