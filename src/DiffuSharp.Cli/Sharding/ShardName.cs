using DiffuSharp.Dealing;

namespace DiffuSharp.Cli.Sharding;

/// <summary>Names of shards, which sort by their numbers.</summary>
internal static class ShardName
{
    private const string Prefix = "shard-";

    /// <summary>The folder of a shard within that of all.</summary>
    public static string Folder(string folder, Share share) => Path.Combine(folder, Of(share));

    /// <summary>The file of a shard beside that of all.</summary>
    public static string File(string file, Share share) => $"{file}.{Of(share)}";

    /// <summary>The shards that lie in a folder, or beside the name of a file.</summary>
    public static IReadOnlyList<string> Find(string path)
    {
        if (Directory.Exists(path))
        {
            return [.. Directory.EnumerateDirectories(path, $"{Prefix}*").Order(StringComparer.Ordinal)];
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, $"{Path.GetFileName(path)}.{Prefix}*").Order(StringComparer.Ordinal)] : [];
    }

    private static string Of(Share share) => $"{Prefix}{share.Index:D5}-of-{share.Count:D5}";
}
