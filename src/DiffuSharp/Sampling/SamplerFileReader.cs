using System.Globalization;
using System.Text.Json;

namespace DiffuSharp.Sampling;

/// <summary>
/// Reads the text of a <see cref="SamplerFile"/>. Everything that is not of the format is refused, unknown fields too: a misspelt
/// coefficient would otherwise silently change the sampler.
/// </summary>
internal static class SamplerFileReader
{
    private const int MostRows = 8192;
    private static readonly string[] s_fileFields = ["format", "version", "solver", "source", "options", "nfe", "rows"];
    private static readonly string[] s_rowFields = ["sigma", "prior", "noise", "noise_floor", "x", "D"];

    /// <summary>Parses a file.</summary>
    /// <exception cref="JsonException">Not JSON.</exception>
    /// <exception cref="FormatException">JSON, but not of this format.</exception>
    /// <exception cref="InvalidInputException">The rows are no valid tableau.</exception>
    public static SamplerFile Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
        var root = document.RootElement;
        RequireFields(root, "the file", s_fileFields);
        if (Text(root, "format") != SamplerFile.Format)
        {
            throw new FormatException($"Not a sampler file: field 'format' is not '{SamplerFile.Format}'.");
        }

        var version = Number(root, "version", "the file");
        if (version != SamplerFile.Version)
        {
            throw new FormatException($"Format version {version:R} is not known, only {SamplerFile.Version}.");
        }

        var tableau = new SamplerTableau(Rows(root));
        var nfe = Number(root, "nfe", "the file");
        if (nfe != tableau.Nfe)
        {
            throw new FormatException($"Field 'nfe' says {nfe:R} but there are {tableau.Nfe} rows to evaluate.");
        }

        return new SamplerFile(tableau, new SamplerMetadata(Text(root, "solver"), Options(root), Text(root, "source")));
    }

    private static List<KeyValuePair<string, string>> Options(JsonElement root)
    {
        var options = new List<KeyValuePair<string, string>>();
        var element = Field(root, "options", JsonValueKind.Object, "the file");
        foreach (var option in element.EnumerateObject())
        {
            options.Add(new(option.Name, Text(element, option.Name)));
        }

        return options;
    }

    private static List<SamplerRow> Rows(JsonElement root)
    {
        var elements = Field(root, "rows", JsonValueKind.Array, "the file");
        if (elements.GetArrayLength() > MostRows)
        {
            throw new FormatException($"Field 'rows' has {elements.GetArrayLength()} rows; a sampler file may have {MostRows}.");
        }

        var rows = new List<SamplerRow>();
        foreach (var row in elements.EnumerateArray())
        {
            var where = $"row {rows.Count}";
            RequireFields(row, where, s_rowFields);
            rows.Add(new SamplerRow(
                Number(row, "sigma", where),
                NumberOrNull(row, "prior", where) ?? 0,
                Terms(row, "x", where),
                Terms(row, "D", where),
                NumberOrNull(row, "noise", where) ?? 0,
                NumberOrNull(row, "noise_floor", where)));
        }

        return rows;
    }

    private static List<Term> Terms(JsonElement row, string name, string where)
    {
        var terms = new List<Term>();
        if (!row.TryGetProperty(name, out _))
        {
            return terms;
        }

        var element = Field(row, name, JsonValueKind.Object, where);
        foreach (var term in element.EnumerateObject())
        {
            if (!int.TryParse(term.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var j))
            {
                throw new FormatException($"In {where}, '{name}' has the key '{term.Name}', which is no row number.");
            }

            terms.Add(new Term(j, Number(element, term.Name, $"'{name}' of {where}")));
        }

        return terms;
    }

    private static void RequireFields(JsonElement element, string where, string[] known)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException($"Not a sampler file: {where} is no JSON object.");
        }

        foreach (var property in element.EnumerateObject())
        {
            if (!known.Contains(property.Name))
            {
                throw new FormatException($"In {where}, field '{property.Name}' is not known.");
            }
        }
    }

    private static JsonElement Field(JsonElement parent, string name, JsonValueKind kind, string where) =>
        parent.TryGetProperty(name, out var field) && field.ValueKind == kind
            ? field
            : throw new FormatException($"In {where}, field '{name}' is missing or no {kind}.");

    private static string Text(JsonElement parent, string name) =>
        Field(parent, name, JsonValueKind.String, "the file").GetString()!;

    private static double Number(JsonElement parent, string name, string where) =>
        Field(parent, name, JsonValueKind.Number, where).GetDouble();

    private static double? NumberOrNull(JsonElement row, string name, string where) =>
        row.TryGetProperty(name, out _) ? Number(row, name, where) : null;
}
