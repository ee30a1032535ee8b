namespace DiffuSharp.Recipes;

/// <summary>What a misspelt word probably was.</summary>
public static class Suggestion
{
    /// <summary><c> (did you mean 'heun'?)</c>, or nothing where no word is near.</summary>
    /// <param name="word">What was typed.</param>
    /// <param name="known">The words that exist.</param>
    public static string Text(string word, IEnumerable<string> known) => Nearest(word, known) is { } near ? $" (did you mean '{near}'?)" : "";

    /// <summary>The nearest of some words by the number of single-letter edits and swaps, about a third of its letters at most; null for none.</summary>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        var typed = word.Replace('_', '-').ToLowerInvariant();
        return known.Select(candidate => (Word: candidate, Distance: Distance(typed, candidate.Replace('_', '-').ToLowerInvariant())))
            .Where(c => c.Distance <= Math.Max(1, (Math.Max(typed.Length, c.Word.Length) + 1) / 3))
            .OrderBy(c => c.Distance).ThenBy(c => c.Word, StringComparer.Ordinal).FirstOrDefault().Word;
    }

    // Damerau and Levenshtein's distance: insertions, deletions, replacements, and swaps of neighbours.
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                d[i, j] = i == 0 ? j : j == 0 ? i : Math.Min(
                    Math.Min(d[i - 1, j], d[i, j - 1]) + 1,
                    d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}
