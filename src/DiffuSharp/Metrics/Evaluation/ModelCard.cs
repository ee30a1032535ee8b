using System.Globalization;

namespace DiffuSharp.Metrics.Evaluation;

/// <summary>What was measured of a model, with all that the numbers depend on.</summary>
public sealed record ModelCard
{
    /// <summary>Name under which the protocol stands among the metrics of a model file.</summary>
    public const string ProtocolKey = "card";

    /// <summary>Features, reference, sampler, NFE and seeds, with hashes: what the numbers of images have in common; null if there are none.</summary>
    public required string? Protocol { get; init; }

    /// <summary>The numbers.</summary>
    public required IReadOnlyList<ModelCardEntry> Entries { get; init; }

    /// <summary>A table, and the protocol below it.</summary>
    public string ToMarkdown() =>
        "| metric | value | +- | N | how |\n|---|---|---|---|---|\n"
        + string.Concat(Entries.Select(e => $"| {e.Name} | {Number(e.Value)} | {Spread(e)} | {e.Images} | {How(e)} |\n"))
        + (Protocol is null ? "" : $"\n{Protocol}\n");

    /// <summary>The numbers as the metrics of a model file: text by name, and the protocol under <see cref="ProtocolKey"/>.</summary>
    public IReadOnlyDictionary<string, string> ToMetrics() => Entries
        .Select(e => (e.Name, Text: $"{Number(e.Value)}{(e.Spread is null ? "" : $" +- {Spread(e)}")} (N {e.Images}; {How(e)})"))
        .Concat(Protocol is null ? [] : [(Name: ProtocolKey, Text: Protocol)])
        .ToDictionary(entry => entry.Name, entry => entry.Text, StringComparer.Ordinal);

    private static string Number(double value) => value.ToString(Math.Abs(value) < 0.01 ? "0.000e+0" : "0.0000", CultureInfo.InvariantCulture);

    private static string Spread(ModelCardEntry entry) => entry.Spread is { } spread ? spread.ToString("G2", CultureInfo.InvariantCulture) : "";

    private static string How(ModelCardEntry entry) => entry.SpreadKind is { } kind ? $"{kind}; {entry.Note}" : entry.Note;
}
