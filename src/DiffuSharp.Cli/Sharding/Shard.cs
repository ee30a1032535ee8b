using System.Text.Json;
using DiffuSharp.Dealing;

namespace DiffuSharp.Cli.Sharding;

/// <summary>A shard by its name, its place among the others, and what it is a shard of.</summary>
/// <param name="Path">Folder or file.</param>
/// <param name="Share">Which of how many.</param>
/// <param name="Plan">All that decides the results, JSON.</param>
internal sealed record Shard(string Path, Share Share, string Plan)
{
    /// <summary>Puts shards in order after checking that each part is there once and all are parts of one whole.</summary>
    /// <exception cref="InvalidInputException">There is a gap, an overlap, or a shard of other options; one line.</exception>
    public static IReadOnlyList<Shard> InOrder(IReadOnlyList<Shard> shards)
    {
        var first = shards[0];
        foreach (var other in shards)
        {
            if (other.Share.Count != first.Share.Count)
            {
                throw new InvalidInputException($"{other.Path}: is a shard of {other.Share.Count}, {first.Path} one of {first.Share.Count}; merge those of one division");
            }

            if (Difference(first.Plan, other.Plan) is (var name, var ours, var theirs))
            {
                throw new InvalidInputException($"{other.Path}: was made with other options than {first.Path}: {name} is {theirs}, not {ours}");
            }
        }

        if (shards.GroupBy(shard => shard.Share.Index).FirstOrDefault(group => group.Count() > 1)?.ToList() is [var one, var same, ..])
        {
            throw new InvalidInputException($"{one.Path} and {same.Path}: are both shard {one.Share.Index} of {one.Share.Count}; name one of them");
        }

        int[] missing = [.. Enumerable.Range(0, first.Share.Count).Except(shards.Select(shard => shard.Share.Index))];
        return missing.Length == 0
            ? [.. shards.OrderBy(shard => shard.Share.Index)]
            : throw new InvalidInputException(
                $"shard {string.Join(", ", missing.Take(20))}{(missing.Length > 20 ? ", ..." : "")} of {first.Share.Count} is missing; make it, or name it too");
    }

    private static (string Name, string One, string Other)? Difference(string one, string other)
    {
        if (one == other)
        {
            return null;
        }

        var (ours, theirs) = (Values(one), Values(other));
        return ours.Keys.Union(theirs.Keys)
            .Where(name => ours.GetValueOrDefault(name) != theirs.GetValueOrDefault(name))
            .Select(name => ((string, string, string)?)(name, ours.GetValueOrDefault(name, "none"), theirs.GetValueOrDefault(name, "none")))
            .FirstOrDefault() ?? ("plan", "another", "this");
    }

    private static Dictionary<string, string> Values(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Values(document.RootElement, "").ToDictionary(pair => pair.Name, pair => pair.Text, StringComparer.Ordinal);
    }

    private static IEnumerable<(string Name, string Text)> Values(JsonElement element, string prefix) => element.ValueKind switch
    {
        JsonValueKind.Object when element.TryGetProperty("key", out var key) && element.TryGetProperty("value", out var value) => [(key.ToString(), value.ToString())],
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p => Values(p.Value, prefix.Length == 0 ? p.Name : $"{prefix}.{p.Name}")),
        JsonValueKind.Array => element.EnumerateArray().SelectMany((value, i) => Values(value, $"{prefix}[{i}]")),
        _ => [(prefix, element.ToString())],
    };
}
