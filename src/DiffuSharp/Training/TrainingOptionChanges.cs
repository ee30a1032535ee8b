using System.Text.Json;

namespace DiffuSharp.Training;

/// <summary>What differs between the options of a run and those with which it is to go on.</summary>
internal static class TrainingOptionChanges
{
    // These say how far, where and with what reports a run goes, not what it computes.
    private static readonly HashSet<string> s_free = new(StringComparer.Ordinal)
    {
        "total_images", "batch_gpu", "tick", "snap", "dump", "desc", "device", "threads", "tf32", "resident_limit", "metrics", "ranks",
    };

    // These change the order of additions, or the dropout masks.
    private static readonly HashSet<string> s_bits = new(StringComparer.Ordinal) { "batch_gpu", "device", "threads", "tf32", "ranks" };

    /// <summary>The changed hyper-parameters, each as <c>name old -> new</c>.</summary>
    public static IReadOnlyList<string> Between(TrainingOptions saved, TrainingOptions now) =>
        Between(saved, now, name => !s_free.Contains(name.Split('.')[0]));

    /// <summary>What changed that alters the bits of a result, though not what is computed; each as <c>name old -> new</c>.</summary>
    public static IReadOnlyList<string> OfBits(TrainingOptions saved, TrainingOptions now) => Between(saved, now, s_bits.Contains);

    private static IReadOnlyList<string> Between(TrainingOptions saved, TrainingOptions now, Func<string, bool> matters)
    {
        var before = Flatten(saved);
        var after = Flatten(now);
        return [.. before.Keys.Union(after.Keys).Where(matters)
            .Select(name => (Name: name, Old: before.GetValueOrDefault(name, "none"), New: after.GetValueOrDefault(name, "none")))
            .Where(change => change.Old != change.New)
            .Select(change => $"{change.Name} {change.Old} -> {change.New}"),];
    }

    private static Dictionary<string, string> Flatten(TrainingOptions options)
    {
        using var document = JsonDocument.Parse(options.WithFullPaths().ToJson());
        return Values(document.RootElement, "").ToDictionary(value => value.Name, value => value.Text);
    }

    private static IEnumerable<(string Name, string Text)> Values(JsonElement element, string prefix) =>
        element.EnumerateObject().SelectMany(property => property.Value.ValueKind == JsonValueKind.Object
            ? Values(property.Value, $"{prefix}{property.Name}.")
            : [(prefix + property.Name, JsonSerializer.Serialize(property.Value))]);
}
