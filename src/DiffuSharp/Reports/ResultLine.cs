using System.Globalization;
using System.Text.Json;

namespace DiffuSharp.Reports;

/// <summary>One line of a file of JSON lines, which experiments, training logs and <c>--json</c> write: a measured result.</summary>
/// <param name="File">Where it is from.</param>
/// <param name="Number">Of the line, from 1.</param>
/// <param name="Content">A JSON object.</param>
public sealed record ResultLine(string File, int Number, JsonElement Content)
{
    /// <summary>Reads all lines; empty ones are passed over.</summary>
    /// <param name="path">Text file, one JSON object a line.</param>
    /// <exception cref="InvalidDataException">A line is no JSON object, or there is none.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static IReadOnlyList<ResultLine> Read(string path)
    {
        var lines = new List<ResultLine>();
        var number = 0;
        foreach (var line in System.IO.File.ReadLines(path))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                lines.Add(new ResultLine(path, number, Parse(path, number, line)));
            }
        }

        return lines.Count > 0 ? lines : throw new InvalidDataException($"{path}: is empty; it must hold one JSON object a line");
    }

    /// <summary>A number by its name; <c>a.b</c> also stands for b inside a. Null if the line does not have it.</summary>
    /// <param name="field">Name.</param>
    /// <exception cref="InvalidDataException">It is there, but no number.</exception>
    public double? FindNumber(string field) => Find(Content, field) switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.Number } value => value.GetDouble(),
        { ValueKind: JsonValueKind.String } value when value.GetString() is "NaN" or "Infinity" or "-Infinity" => double.NaN,
        { } value => throw new InvalidDataException($"{File}: line {Number}: {field} is {Shorten(value.GetRawText())}, not a number"),
    };

    /// <summary>A text, number or truth value as text, found as by <see cref="FindNumber"/>.</summary>
    /// <param name="field">Name.</param>
    /// <exception cref="InvalidDataException">It is there, but a list or an object.</exception>
    public string? FindText(string field) => Find(Content, field) switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        { ValueKind: JsonValueKind.Number } value => value.GetDouble().ToString(CultureInfo.InvariantCulture),
        { ValueKind: JsonValueKind.True or JsonValueKind.False } value => value.GetRawText(),
        { } value => throw new InvalidDataException($"{File}: line {Number}: {field} is {Shorten(value.GetRawText())}, which names no series"),
    };

    private static JsonElement Parse(string path, int number, string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document.RootElement.Clone();
            }
        }
        catch (JsonException)
        {
            // As below.
        }

        throw new InvalidDataException($"{path}: line {number} is no JSON object; the file must hold one JSON object a line");
    }

    // The whole name first: training logs have names with dots and slashes in them.
    private static JsonElement? Find(JsonElement content, string field)
    {
        if (content.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (content.TryGetProperty(field, out var value))
        {
            return value;
        }

        for (var dot = field.IndexOf('.'); dot >= 0; dot = field.IndexOf('.', dot + 1))
        {
            if (content.TryGetProperty(field[..dot], out var inner) && Find(inner, field[(dot + 1)..]) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static string Shorten(string text) => text.Length > 40 ? text[..40] + "..." : text;
}
