using System.Text.Json;

namespace DiffuSharp.Networks.Diffusers;

/// <summary>
/// A configuration of the diffusers library: fields that are absent have the default of the library, fields of the wrong kind are errors that
/// name file and field.
/// </summary>
internal sealed class JsonFields
{
    private const int LargestFile = 1 << 20;

    private readonly string _path;
    private readonly JsonElement _root;

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is no JSON object.</exception>
    public JsonFields(string path)
    {
        _path = path;
        if (new FileInfo(path).Length > LargestFile)
        {
            throw Error("is too large for a configuration");
        }

        try
        {
            // Python writes infinity as a bare word, which is no JSON; it is read as text.
            using var document = JsonDocument.Parse(File.ReadAllText(path).Replace(": -Infinity", ": \"-inf\"", StringComparison.Ordinal));
            _root = document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            throw Error($"is no JSON: {error.Message}");
        }

        if (_root.ValueKind != JsonValueKind.Object)
        {
            throw Error("holds no JSON object");
        }
    }

    /// <summary>Whether the field is there and not null.</summary>
    public bool Has(string name) => Find(name) is { ValueKind: not JsonValueKind.Null };

    /// <summary>Whether the field is there and null.</summary>
    public bool IsNull(string name) => Find(name) is { ValueKind: JsonValueKind.Null };

    /// <summary>The value of a field, or the default where it is absent or null.</summary>
    /// <exception cref="InvalidDataException">It is of another kind.</exception>
    public T Get<T>(string name, T absent)
    {
        if (!Has(name))
        {
            return absent;
        }

        try
        {
            return Find(name)!.Value.Deserialize<T>()!;
        }
        catch (JsonException)
        {
            throw Error($"has {Find(name)} as {name}, which is of the wrong kind");
        }
    }

    /// <summary>Throws unless a field has the only value that is supported.</summary>
    /// <exception cref="InvalidDataException">It has another.</exception>
    public void Require(string name, string absent, params ReadOnlySpan<string?> supported)
    {
        var value = Find(name) is { } field ? field.ValueKind == JsonValueKind.Null ? null : field.ToString() : absent;
        if (!supported.Contains(value))
        {
            throw Error($"has {name} {value ?? "null"}, which is not supported; {string.Join(" and ", supported.ToArray().Select(s => s ?? "null"))} are");
        }
    }

    /// <summary>Throws unless a condition holds.</summary>
    /// <exception cref="InvalidDataException">It does not.</exception>
    public void Check(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw Error(otherwise);
        }
    }

    /// <summary>An error of this file in one line.</summary>
    public InvalidDataException Error(string what) => new($"{_path}: {what}");

    private JsonElement? Find(string name) => _root.TryGetProperty(name, out var value) ? value : null;
}
