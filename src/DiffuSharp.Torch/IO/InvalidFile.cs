namespace DiffuSharp.Torch.IO;

/// <summary>Words the one-line messages of refused files.</summary>
internal static class InvalidFile
{
    private const int LongestName = 80;

    /// <summary>The exception for a file that cannot be read: path, what is wrong, what to do, on one line.</summary>
    public static InvalidDataException Error(string path, string what, string advice, Exception? cause = null) =>
        new(OneLine($"{path}: {what}; {advice}"), cause);

    /// <summary>A name found in a file, short enough for a message.</summary>
    public static string Quote(string name) => name.Length <= LongestName ? $"'{name}'" : $"'{name[..LongestName]}...'";

    private static string OneLine(string text) => string.Create(text.Length, text, static (line, source) =>
    {
        for (var i = 0; i < line.Length; i++)
        {
            line[i] = char.IsControl(source[i]) || source[i] is '\u2028' or '\u2029' ? '?' : source[i];
        }
    });
}
