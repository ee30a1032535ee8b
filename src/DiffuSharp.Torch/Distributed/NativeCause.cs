using System.Text.RegularExpressions;
using DiffuSharp.Torch.Interop;

namespace DiffuSharp.Torch.Distributed;

/// <summary>What c10d says of a failure, in one line and without the place in its source.</summary>
internal static partial class NativeCause
{
    public static string Last()
    {
        var line = Native.LastError().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).FirstOrDefault("unknown error");
        return Place().Replace(line, "").TrimEnd('.', ' ');
    }

    [GeneratedRegex(@"^\[[^\]]*\.(cc|cpp|h|hpp):[0-9]+\]\s*", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Place();
}
