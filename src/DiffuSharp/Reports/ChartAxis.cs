using System.Text.Json.Nodes;

namespace DiffuSharp.Reports;

/// <summary>An axis as an encoding of Vega-Lite.</summary>
internal static class ChartAxis
{
    // So few values get a tick each: 35, 70, 140 say more than powers of ten.
    private const int MostTicksAtData = 12;

    private const int PixelsOfTick = 60;

    // Pixels between the ends of a logarithmic axis and the data, room for a symbol.
    private const int Margin = 8;

    /// <summary>The encoding of a field by its position.</summary>
    /// <param name="field">Name in the rows.</param>
    /// <param name="axis">What it looks like.</param>
    /// <param name="pixels">Its length.</param>
    /// <param name="data">Values at which a logarithmic axis may have its ticks; none for round numbers.</param>
    public static JsonObject Describe(string field, PlotAxis axis, int pixels, IEnumerable<double> data)
    {
        var scale = new JsonObject { ["type"] = axis.Log ? "log" : "linear" };
        var guide = new JsonObject();
        if (!axis.Log)
        {
            scale["zero"] = axis.Zero;
            guide["tickCount"] = Math.Max(2, pixels / PixelsOfTick);
        }

        if (axis.Min is { } min)
        {
            scale["domainMin"] = min;
        }

        if (axis.Max is { } max)
        {
            scale["domainMax"] = max;
        }

        if (axis.Log)
        {
            scale["nice"] = false;
            scale["padding"] = Margin;
            guide["format"] = "~g";
            guide["labelOverlap"] = "greedy";
            var values = data.Where(x => !(x < axis.Min) && !(x > axis.Max)).Distinct().Order().ToList();
            if (values.Count is > 1 and <= MostTicksAtData)
            {
                guide["values"] = new JsonArray([.. values.Select(x => (JsonNode)x)]);
            }
        }

        return new JsonObject { ["field"] = field, ["type"] = "quantitative", ["title"] = axis.Title, ["scale"] = scale, ["axis"] = guide };
    }
}
