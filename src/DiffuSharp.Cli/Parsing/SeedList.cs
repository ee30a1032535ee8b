using System.Globalization;

namespace DiffuSharp.Cli.Parsing;

/// <summary>Seeds as EDM writes them: numbers and ranges, <c>1,2,5-10</c>.</summary>
internal static class SeedList
{
    private const long Most = 10_000_000;

    /// <summary>The seeds in the order in which they are written.</summary>
    /// <exception cref="InvalidInputException">The text is no list of seeds.</exception>
    public static IReadOnlyList<long> Parse(string text)
    {
        var seeds = new List<long>();
        foreach (var part in text.Split(','))
        {
            var bounds = part.Split('-');
            if (bounds.Length > 2 || !TryParse(bounds[0], out var first) || !TryParse(bounds[^1], out var last) || last < first)
            {
                throw new InvalidInputException($"--seeds {text}: '{part}' is neither a seed nor a range; write, for example, 1,2,5-10");
            }

            if (last - first >= Most - seeds.Count)
            {
                throw new InvalidInputException($"--seeds {text}: more than {Most} seeds; sample them in several runs");
            }

            for (var seed = first; seed <= last; seed++)
            {
                seeds.Add(seed);
            }
        }

        return seeds;
    }

    private static bool TryParse(string text, out long seed) =>
        long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out seed) && seed <= uint.MaxValue;
}
