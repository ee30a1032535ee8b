using System.Text.Json.Nodes;

namespace DiffuSharp.Reports;

/// <summary>What a chart is painted of, from back to front: bands, error bars, lines, symbols; only those that occur.</summary>
internal sealed class ChartLayers(LineChart chart, SeriesScales scales)
{
    private const double BandOpacity = 0.18;

    private readonly bool _clip = (chart.X.Min ?? chart.X.Max ?? chart.Y.Min ?? chart.Y.Max) is not null;

    public JsonArray Describe()
    {
        var lines = Named(series => series.Mark != SeriesMark.Points);
        var points = Named(series => series.Mark != SeriesMark.Line);
        var bands = Named(series => series.Mark != SeriesMark.Points && series.Points.Any(point => point.HasBand));
        var bars = Named(series => series.Mark == SeriesMark.Points && series.Points.Any(point => point.HasBand));
        var layers = new JsonArray();
        if (bands.Count > 0)
        {
            layers.Add(Layer(bands, Mark("area", ("opacity", BandOpacity), ("tooltip", false)), Error(), "isValid(datum.low)"));
        }

        if (bars.Count > 0)
        {
            layers.Add(Layer(bars, Mark("rule", ("strokeWidth", 1.5)), Error(), "isValid(datum.low)"));
        }

        if (lines.Count > 0)
        {
            layers.Add(Layer(lines, Mark("line", ("strokeWidth", 2)), Line()));
        }

        if (points.Count > 0)
        {
            layers.Add(Layer(points, Mark("point", ("filled", true), ("size", 60), ("opacity", 1)), Points()));
        }

        return layers;
    }

    private List<string> Named(Func<PlotSeries, bool> which) => [.. chart.Series.Where(which).Select(series => series.Name)];

    private JsonObject Layer(List<string> names, JsonObject mark, JsonObject encoding, string? filter = null)
    {
        var transform = new JsonArray();
        if (names.Count < chart.Series.Count)
        {
            transform.Add(new JsonObject
            {
                ["filter"] = new JsonObject { ["field"] = "series", ["oneOf"] = new JsonArray([.. names.Select(name => (JsonNode)name)]) },
            });
        }

        if (filter is not null)
        {
            transform.Add(new JsonObject { ["filter"] = filter });
        }

        var layer = new JsonObject();
        if (transform.Count > 0)
        {
            layer["transform"] = transform;
        }

        layer["mark"] = mark;
        layer["encoding"] = encoding;
        return layer;
    }

    private JsonObject Mark(string type, params ReadOnlySpan<(string Name, JsonNode Value)> properties)
    {
        var mark = new JsonObject { ["type"] = type };
        foreach (var (name, value) in properties)
        {
            mark[name] = value;
        }

        if (_clip)
        {
            mark["clip"] = true;
        }

        return mark;
    }

    private JsonObject Vertical(string field) => ChartAxis.Describe(field, chart.Y, chart.Height, []);

    private JsonObject Error() => new()
    {
        ["y"] = Vertical("low"),
        ["y2"] = new JsonObject { ["field"] = "high" },
        ["color"] = scales.Colour(),
        ["detail"] = Part(),
    };

    private JsonObject Line()
    {
        var encoding = new JsonObject { ["y"] = Vertical("y"), ["color"] = scales.Colour(), ["detail"] = Part(), ["order"] = new JsonObject { ["field"] = "row", ["type"] = "quantitative" } };
        if (scales.Dashes() is { } dashes)
        {
            encoding["strokeDash"] = dashes;
        }

        return encoding;
    }

    private JsonObject Points() => new()
    {
        ["y"] = Vertical("y"),
        ["color"] = scales.Colour(),
        ["shape"] = scales.Symbol(),
        ["tooltip"] = new JsonArray(
            new JsonObject { ["field"] = "series", ["type"] = "nominal" },
            Quantity("x", chart.X.Title),
            Quantity("y", chart.Y.Title),
            Quantity("low"),
            Quantity("high")),
    };

    private static JsonObject Quantity(string field, string? title = null) => new()
    {
        ["field"] = field, ["type"] = "quantitative", ["title"] = title ?? field, ["format"] = ".5~g",
    };

    private static JsonObject Part() => new() { ["field"] = "part", ["type"] = "nominal" };
}
