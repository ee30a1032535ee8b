using System.Text.Json;
using System.Text.Json.Nodes;

namespace DiffuSharp.Reports;

/// <summary>A picture of numbers, as a specification of Vega-Lite 5: 720 pixels wide, dark on white.</summary>
public abstract record Plot
{
    /// <summary>Pixels of all that is drawn.</summary>
    public const int Width = 720;

    /// <summary>Room around and beyond the axes of one chart, in pixels.</summary>
    private protected const int AxisRoom = 64;

    private const int Padding = 12;
    private const int SubtitleCharacters = 108;

    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    /// <summary>Above the picture; empty for none.</summary>
    public string Title { get; init; } = "";

    /// <summary>Below the title: how the numbers were measured (protocol, N, seed); empty for none.</summary>
    public string Subtitle { get; init; } = "";

    /// <summary>The whole specification.</summary>
    /// <exception cref="InvalidInputException">Something cannot be drawn.</exception>
    public JsonObject ToVegaLite()
    {
        Validate();
        var spec = new JsonObject
        {
            ["$schema"] = "https://vega.github.io/schema/vega-lite/v5.json",
            ["background"] = "white",
            ["padding"] = Padding,
            ["config"] = Config(),
        };
        if (Title.Length > 0 || Subtitle.Length > 0)
        {
            spec["title"] = Heading();
        }

        Describe(spec);
        return spec;
    }

    /// <summary><see cref="ToVegaLite"/> as text.</summary>
    /// <exception cref="InvalidInputException">Something cannot be drawn.</exception>
    public string ToJson() => ToVegaLite().ToJsonString(s_indented) + "\n";

    /// <summary>Refuses what cannot be drawn.</summary>
    /// <exception cref="InvalidInputException">Series or axes are at fault; the message says which.</exception>
    public abstract void Validate();

    private protected abstract void Describe(JsonObject spec);

    private protected static int InnerWidth(int columns, int spacing) =>
        ((Width - (2 * Padding) - (spacing * (columns - 1))) / columns) - AxisRoom;

    private JsonObject Heading()
    {
        var heading = new JsonObject { ["text"] = Title };
        if (Subtitle.Length > 0)
        {
            heading["subtitle"] = new JsonArray([.. Wrap(Subtitle).Select(line => (JsonNode)line)]);
        }

        return heading;
    }

    private static JsonObject Config() => new()
    {
        ["font"] = "Helvetica, Arial, sans-serif",
        ["view"] = new JsonObject { ["stroke"] = null },
        ["title"] = new JsonObject
        {
            ["anchor"] = "start", ["frame"] = "bounds", ["fontSize"] = 16, ["offset"] = 12, ["limit"] = 0, ["color"] = "#222",
            ["subtitleFontSize"] = 12, ["subtitleColor"] = "#555", ["subtitlePadding"] = 4,
        },
        ["axis"] = new JsonObject
        {
            ["labelFontSize"] = 12, ["titleFontSize"] = 13, ["titleFontWeight"] = "normal", ["labelColor"] = "#333", ["titleColor"] = "#222",
            ["gridColor"] = "#e6e6e6", ["domainColor"] = "#888", ["tickColor"] = "#888", ["titlePadding"] = 8,
        },
        ["legend"] = new JsonObject
        {
            ["orient"] = "bottom", ["labelFontSize"] = 12, ["labelColor"] = "#222", ["labelLimit"] = Width / 2, ["symbolSize"] = 80,
            ["columnPadding"] = 18, ["padding"] = 4, ["titleFontSize"] = 12,
        },
    };

    private static List<string> Wrap(string text)
    {
        var lines = new List<string>();
        foreach (var paragraph in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var line = "";
            foreach (var word in paragraph.Split(' '))
            {
                if (line.Length > 0 && line.Length + word.Length >= SubtitleCharacters)
                {
                    lines.Add(line);
                    line = "";
                }

                line += line.Length > 0 ? " " + word : word;
            }

            lines.Add(line);
        }

        return lines;
    }
}
