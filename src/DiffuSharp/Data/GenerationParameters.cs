using System.Text.Json;

namespace DiffuSharp.Data;

/// <summary>
/// How an image was made, as the programs of this field write it into PNG files under the keyword <see cref="Keyword"/>: what was asked for on the first
/// lines, then one line of names and values, <c>Steps: 18, Sampler: edm, Seed: 5</c>. Values with commas, colons or quotes are JSON strings.
/// </summary>
public sealed record GenerationParameters
{
    /// <summary>Keyword of the text chunk.</summary>
    public const string Keyword = "parameters";

    private const string Separator = ": ";

    /// <summary>What was asked for, such as the name of a class; empty for nothing.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>Names and values in order.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Values { get; init; }

    /// <summary>Reads the form that <see cref="ToString"/> writes, and that of other programs.</summary>
    /// <returns>Null where the last line holds no names and values.</returns>
    public static GenerationParameters? Parse(string text)
    {
        var lines = text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        var values = new List<KeyValuePair<string, string>>();
        for (var rest = lines[^1]; rest.Length > 0;)
        {
            var colon = rest.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
            {
                return null;
            }

            var name = rest[..colon].Trim();
            rest = rest[(colon + 1)..].TrimStart();
            var length = rest.StartsWith('"') ? Quoted(rest) : -1;
            length = length < 0 ? rest.IndexOf(',', StringComparison.Ordinal) : length;
            length = length < 0 ? rest.Length : length;
            values.Add(new(name, Unquoted(rest[..length].Trim())));
            rest = rest[length..].TrimStart(',', ' ');
        }

        return values.Count == 0 ? null : new GenerationParameters { Prompt = string.Join('\n', lines[..^1]), Values = values };
    }

    /// <summary>The text of the chunk.</summary>
    public override string ToString()
    {
        var values = string.Join(", ", Values.Select(value => value.Key + Separator + Escaped(value.Value)));
        return Prompt.Length == 0 ? values : $"{Prompt}\n{values}";
    }

    private static string Escaped(string value) =>
        value.AsSpan().ContainsAny(",:\"\n") ? JsonSerializer.Serialize(value) : value;

    private static string Unquoted(string value)
    {
        try
        {
            return value.StartsWith('"') ? JsonSerializer.Deserialize<string>(value) ?? value : value;
        }
        catch (JsonException)
        {
            return value;
        }
    }

    // Length of a JSON string at the beginning; -1 where it does not end.
    private static int Quoted(string text)
    {
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == '"')
            {
                return i + 1;
            }
        }

        return -1;
    }
}
