using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace DiffuSharp.Torch.IO;

/// <summary>
/// Names of what is not finished: <c>.diffusharp-0123456789abcdef.tmp</c>, short whatever is to become of it. What a killed process left
/// under such a name is known by its lock, which nobody holds; nothing else is ever removed.
/// </summary>
internal static partial class TemporaryName
{
    private const string Prefix = ".diffusharp-";
    private const string Suffix = ".tmp";
    private const string LockSuffix = ".lock";

    private static readonly ConcurrentDictionary<string, bool> s_swept = new(StringComparer.Ordinal);

    /// <summary>A new name in a folder, from which remnants are removed when the process first writes there.</summary>
    public static string In(string folder)
    {
        SweepOnce(folder);
        return Path.Combine(folder, $"{Prefix}{Random.Shared.NextInt64():x16}{Suffix}");
    }

    /// <summary>The lock that is held while a folder of a temporary name is filled.</summary>
    public static string LockOf(string folder) => Path.ChangeExtension(folder, LockSuffix);

    /// <summary>The lock that is held while a file or folder is made.</summary>
    /// <param name="folder">The folder in which it is.</param>
    /// <param name="key">16 hexadecimal digits.</param>
    public static string Lock(string folder, string key) => Path.Combine(folder, $"{Prefix}{key}{LockSuffix}");

    /// <summary>Removes what killed processes left in a folder, if this process has not looked there yet.</summary>
    public static void SweepOnce(string folder)
    {
        if (s_swept.TryAdd(folder, true))
        {
            Sweep(folder);
        }
    }

    private static void Sweep(string folder)
    {
        foreach (var entry in Directory.GetFileSystemEntries(folder, $"{Prefix}*").Where(entry => Own().IsMatch(Path.GetFileName(entry))))
        {
            try
            {
                Remove(entry);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Another process writes it or removes it, or it is another user's.
            }
        }
    }

    private static void Remove(string entry)
    {
        if (Directory.Exists(entry))
        {
            using var held = LockFile.TryTake(LockOf(entry), tries: 1);
            if (held is { IsCertain: true } && new DirectoryInfo(entry).LinkTarget is null)
            {
                Directory.Delete(entry, recursive: true);
            }
        }
        else if (entry.EndsWith(LockSuffix, StringComparison.Ordinal))
        {
            LockFile.TryTake(entry, tries: 1)?.Dispose();
        }
        else
        {
            using var file = new FileStream(entry, FileMode.Open, FileAccess.ReadWrite, LockFile.Alone);
            if (FileLock.TryExclusive(file.SafeFileHandle))
            {
                File.Delete(entry);
            }
        }
    }

    [GeneratedRegex(@"^\.diffusharp-[0-9a-f]{16}\.(tmp|lock)$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Own();
}
