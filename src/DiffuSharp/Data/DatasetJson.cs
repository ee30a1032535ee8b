using System.Text.Json;

namespace DiffuSharp.Data;

/// <summary>
/// EDM's <c>dataset.json</c>: <c>{"labels": [["00000/img00000000.png", 6], ...]}</c> or <c>{"labels": null}</c>; a label is a class
/// number or a list of floats. Names of classes stand in an optional <c>"label_names"</c>, which EDM ignores.
/// </summary>
internal sealed class DatasetJson
{
    public const string FileName = "dataset.json";

    private DatasetJson()
    {
    }

    /// <summary>Class numbers by file name; null unless labels are classes.</summary>
    public Dictionary<string, int>? Classes { get; private set; }

    /// <summary>Vectors by file name; null unless labels are vectors.</summary>
    public Dictionary<string, float[]>? Vectors { get; private set; }

    /// <summary>Names of the classes.</summary>
    public IReadOnlyList<string>? Names { get; private set; }

    /// <summary>The labelled file names.</summary>
    public IReadOnlyCollection<string> Files => Classes?.Keys ?? (IReadOnlyCollection<string>?)Vectors?.Keys ?? [];

    /// <summary>Parses the file; memory stays proportional to its length.</summary>
    /// <exception cref="InvalidDataException">Not JSON, or not of this form.</exception>
    public static DatasetJson Parse(ReadOnlySpan<byte> file, string path)
    {
        var result = new DatasetJson();
        if (file.StartsWith("\uFEFF"u8))
        {
            file = file[3..];
        }

        var reader = new Utf8JsonReader(file);
        var hasLabels = false;
        try
        {
            reader.Read();
            Expect(reader.TokenType == JsonTokenType.StartObject, path, "is not a JSON object");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isLabels = reader.ValueTextEquals("labels"u8);
                var isNames = reader.ValueTextEquals("label_names"u8);
                reader.Read();
                if (isLabels)
                {
                    hasLabels = true;
                    result.ReadLabels(ref reader, path);
                }
                else if (isNames && reader.TokenType == JsonTokenType.StartArray)
                {
                    result.ReadNames(ref reader, path);
                }
                else
                {
                    reader.Skip();
                }
            }

            reader.Read();
        }
        catch (JsonException e)
        {
            throw Broken(path, $"is not valid JSON at line {e.LineNumber + 1}");
        }
        catch (InvalidOperationException)
        {
            throw Broken(path, "holds text that is not Unicode");
        }

        Expect(hasLabels, path, "has no \"labels\"");
        result.CheckNames(path);
        return result;
    }

    private void ReadLabels(ref Utf8JsonReader reader, string path)
    {
        (Classes, Vectors) = (null, null);
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        Expect(reader.TokenType == JsonTokenType.StartArray, path, "has \"labels\" that are neither a list nor null");
        while (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
        {
            reader.Read();
            Expect(reader.TokenType == JsonTokenType.String, path, "has a label that does not start with a file name");
            var file = reader.GetString()!;
            reader.Read();
            var added = reader.TokenType == JsonTokenType.StartArray
                ? AddVector(file, ReadVector(ref reader, file, path), path)
                : AddClass(file, ReadClass(ref reader, file, path), path);
            Expect(added, path, $"labels {file} twice");
            reader.Read();
            Expect(reader.TokenType == JsonTokenType.EndArray, path, $"has more than a name and a label for {file}");
        }

        Expect(reader.TokenType == JsonTokenType.EndArray, path, "has a label that is not a [name, label] pair");
    }

    private bool AddClass(string file, int value, string path)
    {
        Expect(Vectors is null, path, $"mixes class numbers and lists ({file})");
        return (Classes ??= new(StringComparer.Ordinal)).TryAdd(file, value);
    }

    private bool AddVector(string file, float[] value, string path)
    {
        Expect(Classes is null, path, $"mixes class numbers and lists ({file})");
        Vectors ??= new(StringComparer.Ordinal);
        Expect(Vectors.Count == 0 || Vectors.Values.First().Length == value.Length, path, $"has a list of another length for {file}");
        return Vectors.TryAdd(file, value);
    }

    private static int ReadClass(ref Utf8JsonReader reader, string file, string path)
    {
        Expect(
            reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var value) && value is >= 0 and < DatasetLabels.MaximumCount,
            path,
            $"has no class number from 0 to {DatasetLabels.MaximumCount - 1} for {file}");
        return reader.GetInt32();
    }

    private static float[] ReadVector(ref Utf8JsonReader reader, string file, string path)
    {
        var values = new List<float>();
        while (reader.Read() && reader.TokenType == JsonTokenType.Number)
        {
            Expect(
                reader.TryGetSingle(out var value) && float.IsFinite(value) && values.Count < DatasetLabels.MaximumCount,
                path,
                $"has a list that is too long or holds no finite numbers for {file}");
            values.Add(value);
        }

        Expect(reader.TokenType == JsonTokenType.EndArray && values.Count > 0, path, $"has no list of numbers for {file}");
        return [.. values];
    }

    private void ReadNames(ref Utf8JsonReader reader, string path)
    {
        var names = new List<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.String)
        {
            names.Add(reader.GetString()!);
        }

        Expect(
            reader.TokenType == JsonTokenType.EndArray && names.Count <= DatasetLabels.MaximumCount,
            path,
            "has \"label_names\" that are not a list of strings");
        Names = names;
    }

    private void CheckNames(string path) => Expect(
        Names is null || Classes is null || Classes.Values.All(c => c < Names.Count), path, "has more classes than \"label_names\"");

    private static void Expect(bool condition, string path, string complaint)
    {
        if (!condition)
        {
            throw Broken(path, complaint);
        }
    }

    private static InvalidDataException Broken(string path, string complaint) =>
        new($"{path}: {complaint}; expected {{\"labels\": [[\"00000/img00000000.png\", 6], ...]}}, repair the file");
}
