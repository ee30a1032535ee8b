using System.Text.Json.Nodes;

namespace DiffuSharp.Reports;

/// <summary>Colour, symbol and dashes of every series of a plot, told apart by those who see few colours, and without any.</summary>
internal sealed class SeriesScales
{
    // Okabe and Ito's colours without the yellow, which is too light for lines on white; grey is the eighth.
    private static readonly string[] s_colours =
        ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#888888"];

    // Seven symbols: no colour meets the same symbol twice in 56 series.
    private static readonly string[] s_symbols =
        ["circle", "square", "triangle-up", "diamond", "triangle-down", "cross", "triangle-left"];

    private const int LegendWidth = 660;
    private const int CharacterWidth = 7;
    private const int SymbolWidth = 44;

    private readonly string[] _names;
    private readonly HashSet<string> _dashed;
    private readonly HashSet<string> _withSymbol;

    public SeriesScales(IEnumerable<PlotSeries> series)
    {
        var all = series.ToList();
        _names = [.. all.Select(s => s.Name).Distinct(StringComparer.Ordinal)];
        _dashed = [.. all.Where(s => s.Dashed).Select(s => s.Name)];
        _withSymbol = [.. all.Where(s => s.Mark != SeriesMark.Line).Select(s => s.Name)];
    }

    public JsonObject Colour() => Encoding([.. _names.Select((_, i) => (JsonNode)s_colours[i % s_colours.Length])]);

    public JsonObject Symbol() => Encoding(
        [.. _names.Select((name, i) => (JsonNode)(_withSymbol.Contains(name) ? s_symbols[i % s_symbols.Length] : "stroke"))]);

    /// <summary>Null if no line is dashed.</summary>
    public JsonObject? Dashes() => _dashed.Count == 0 ? null : Encoding(
        [.. _names.Select(name => (JsonNode)(_dashed.Contains(name) ? new JsonArray(5, 4) : new JsonArray(1, 0)))]);

    private JsonObject Encoding(JsonNode[] range) => new()
    {
        ["field"] = "series",
        ["type"] = "nominal",
        ["scale"] = new JsonObject { ["domain"] = new JsonArray([.. _names.Select(name => (JsonNode)name)]), ["range"] = new JsonArray(range) },
        ["legend"] = _names.Length == 1 ? null : new JsonObject { ["title"] = null, ["columns"] = Columns(), ["symbolOpacity"] = 1 },
    };

    private int Columns() =>
        Math.Clamp(LegendWidth / (SymbolWidth + (CharacterWidth * _names.Max(name => name.Length))), 1, _names.Length);
}
