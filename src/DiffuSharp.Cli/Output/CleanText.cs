namespace DiffuSharp.Cli.Output;

/// <summary>Text of files and of their names, made harmless: what a terminal would obey becomes a question mark.</summary>
internal static class CleanText
{
    /// <summary>The text without control characters (C0, DEL and C1) other than line ends and tabs.</summary>
    public static string Of(string text) => text.Any(IsControl)
        ? string.Concat(text.Select(c => IsControl(c) ? '?' : c))
        : text;

    private static bool IsControl(char c) => char.IsControl(c) && c is not ('\n' or '\t');
}
