using System.Globalization;

namespace DiffuSharp.Cli.Parsing;

/// <summary>Noise levels in any order, <c>0.2,1,5</c>.</summary>
internal static class SigmaList
{
    /// <summary>The levels in the order in which they are written.</summary>
    /// <param name="flag">The flag, for the message.</param>
    /// <param name="text">The list.</param>
    /// <exception cref="InvalidInputException">A word is no positive number.</exception>
    public static IReadOnlyList<double> Parse(string flag, string text) => [.. text.Split(',', StringSplitOptions.TrimEntries).Select(word =>
        double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var sigma) && sigma > 0 && double.IsFinite(sigma)
            ? sigma
            : throw new InvalidInputException($"{flag}: '{word}' is no positive number; write them as 0.2,1,5"))];
}
