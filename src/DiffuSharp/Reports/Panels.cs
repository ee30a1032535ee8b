using System.Text.Json.Nodes;

namespace DiffuSharp.Reports;

/// <summary>Charts beside and below each other with one legend; a series has the same colour and symbol in all of them.</summary>
/// <param name="Charts">At least one; in reading order.</param>
public sealed record Panels(IReadOnlyList<LineChart> Charts) : Plot
{
    private const int Spacing = 28;

    /// <summary>Charts in a row, 1 to 4.</summary>
    public int Columns { get; init; } = 2;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (Columns is < 1 or > 4)
        {
            throw new InvalidInputException($"panels '{Title}': {Columns} columns; must be from 1 to 4");
        }

        if (Charts.Count == 0)
        {
            throw new InvalidInputException($"panels '{Title}': there is no chart to draw");
        }

        foreach (var chart in Charts)
        {
            chart.Validate();
        }
    }

    private protected override void Describe(JsonObject spec)
    {
        var columns = Math.Min(Columns, Charts.Count);
        var scales = new SeriesScales(Charts.SelectMany(chart => chart.Series));
        spec["columns"] = columns;
        spec["spacing"] = Spacing;
        spec["resolve"] = new JsonObject
        {
            ["scale"] = new JsonObject { ["color"] = "shared", ["shape"] = "shared", ["strokeDash"] = "shared" },
        };
        spec["concat"] = new JsonArray([.. Charts.Select(chart => Panel(chart, InnerWidth(columns, Spacing), scales))]);
    }

    private static JsonObject Panel(LineChart chart, int width, SeriesScales scales)
    {
        var panel = new JsonObject();
        if (chart.Title.Length > 0)
        {
            panel["title"] = new JsonObject { ["text"] = chart.Title, ["fontSize"] = 13, ["offset"] = 6 };
        }

        chart.Describe(panel, width, scales);
        return panel;
    }
}
