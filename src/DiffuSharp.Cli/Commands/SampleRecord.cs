using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using DiffuSharp.Data;
using DiffuSharp.Denoising;
using DiffuSharp.Networks;
using DiffuSharp.Sampling;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Cli.Commands;

/// <summary>How the images of a folder were made: its <c>samples.json</c>, and the text of each PNG.</summary>
internal sealed record SampleRecord
{
    public const string FileName = "samples.json";

    private const int ShortHash = 10;

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    /// <summary>The program that made them.</summary>
    public string Version { get; init; } = $"DiffuSharp {Assembly.GetExecutingAssembly().GetName().Version?.ToString(3)}";

    /// <summary>The model's file.</summary>
    public required string Model { get; init; }

    /// <summary>Fingerprint of its weights.</summary>
    public required string ModelSha256 { get; init; }

    /// <summary>The solver, or the verb that made the images otherwise.</summary>
    public required string Sampler { get; init; }

    /// <summary>Its options and those of guidance.</summary>
    public required IReadOnlyDictionary<string, string> Options { get; init; }

    /// <summary>The class that was asked for; null where each image has its own or none.</summary>
    public int? Class { get; init; }

    /// <summary>What was searched and how, as a fingerprint; null for plain samples.</summary>
    public string? Search { get; init; }

    /// <summary>Network evaluations for each image.</summary>
    public double? Nfe { get; init; }

    /// <summary>The images.</summary>
    public IReadOnlyList<RecordedImage> Images { get; init; } = [];

    /// <summary>Names of the classes as the images of records say them; null where none does.</summary>
    public static IReadOnlyList<string>? ClassNames(IEnumerable<SampleRecord> records)
    {
        var names = records.SelectMany(record => record.Images).Where(image => image is { Class: not null, ClassName: not null })
            .GroupBy(image => image.Class!.Value).ToDictionary(group => group.Key, group => group.First().ClassName!);
        return names.Count == 0 ? null : [.. Enumerable.Range(0, names.Keys.Max() + 1).Select(k => names.GetValueOrDefault(k, $"{k}"))];
    }

    /// <summary>The record of plain samples.</summary>
    public static SampleRecord Of(string model, SamplerMetadata sampler, SamplerTableau tableau, IDenoiser denoiser, int? label) => new()
    {
        Model = model,
        ModelSha256 = WeightHash.Sha256(model),
        Sampler = sampler.Solver,
        Options = sampler.Options.ToDictionary(o => o.Key, o => o.Value, StringComparer.Ordinal),
        Class = label,
        Nfe = tableau.Rows.SkipLast(1).Sum(row => denoiser.EvaluationsAt(row.Sigma)),
    };

    /// <summary>The record of images that a file holds.</summary>
    public static SampleRecord OfFile(string model, string verb, string file, params KeyValuePair<string, string>[] options) => new()
    {
        Model = model,
        ModelSha256 = WeightHash.Sha256(model),
        Sampler = verb,
        Options = new Dictionary<string, string>([new("file_sha256", FileHash.Sha256(file)), .. options], StringComparer.Ordinal),
    };

    /// <summary>The record in a folder; null where there is none that can be read.</summary>
    public static SampleRecord? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<SampleRecord>(File.ReadAllText(path), s_json) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether both make the same image of a seed.</summary>
    public bool IsSameRun(SampleRecord? other) => other is not null
        && (ModelSha256, Sampler, Class, Search) == (other.ModelSha256, other.Sampler, other.Class, other.Search)
        && Options.OrderBy(o => o.Key, StringComparer.Ordinal).SequenceEqual(other.Options.OrderBy(o => o.Key, StringComparer.Ordinal));

    /// <summary>Writes the record into a folder.</summary>
    public void Write(string folder)
    {
        var file = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(this, s_json) + "\n");
        AtomicFile.Write(Path.Combine(folder, FileName), stream => stream.Write(file));
    }

    /// <summary>The same of one image, in the form that the programs of the field write into PNG files.</summary>
    public GenerationParameters Parameters(RecordedImage image, ImageShape shape) => new()
    {
        Prompt = image.ClassName ?? (image.Class is { } number ? $"class {number}" : ""),
        Values =
        [
            .. Option("Steps", "steps"),
            new("Sampler", Sampler),
            .. Option("Schedule type", "disc"),
            .. Option("CFG scale", "guidance"),
            new("Seed", Text(image.Seed)),
            new("Size", $"{shape.Width}x{shape.Height}"),
            new("Model hash", ModelSha256[..ShortHash]),
            new("Model", Path.GetFileNameWithoutExtension(Model)),
            .. image.Class is { } k ? [new("Class", Text(k))] : Array.Empty<KeyValuePair<string, string>>(),
            .. image.ClassName is { } name ? [new("Class name", name)] : Array.Empty<KeyValuePair<string, string>>(),
            .. Nfe is { } nfe ? [new("NFE", Text(nfe))] : Array.Empty<KeyValuePair<string, string>>(),
            .. Search is { } search ? [new("Search", search)] : Array.Empty<KeyValuePair<string, string>>(),
            new("Options", string.Join(", ", Options.Select(o => $"{o.Key} {o.Value}"))),
            new("Model SHA-256", ModelSha256),
            new("Version", Version),
        ],
    };

    /// <summary>Writes one image with its text.</summary>
    public void WriteImage(string folder, RecordedImage entry, Image image) => PngText.Write(
        Path.Combine(folder, entry.File), image, GenerationParameters.Keyword, Parameters(entry, image.Shape).ToString());

    private IEnumerable<KeyValuePair<string, string>> Option(string name, string option) =>
        Options.TryGetValue(option, out var value) ? [new(name, value)] : [];

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
