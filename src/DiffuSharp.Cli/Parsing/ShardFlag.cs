using System.CommandLine;
using System.Globalization;
using DiffuSharp.Dealing;

namespace DiffuSharp.Cli.Parsing;

/// <summary>The part of the work that a process does on its own, without the others; <c>merge</c> joins the parts.</summary>
internal static class ShardFlag
{
    private const int Most = 100_000;

    public static Option<string?> Option { get; } = new("--shard")
    {
        Description = "Do only part I of N, from 0, of the batches, without any communication; 'diffusharp merge' joins the parts.", HelpName = "I/N",
    };

    /// <summary>The part that is asked for; null for all.</summary>
    /// <exception cref="InvalidInputException">The text names none, or ranks share the work already.</exception>
    public static Share? Get(Invocation run)
    {
        if (run.Get(Option) is not { } text)
        {
            return null;
        }

        if (run.Group is not null)
        {
            throw new InvalidInputException($"{Option.Name} {text}: the processes that were started together share the work already; leave it out, or start each on its own");
        }

        return text.Split('/') is [var index, var count] && TryParse(index, out var i) && TryParse(count, out var n) && n <= Most && i < n
            ? new Share(i, n)
            : throw new InvalidInputException($"{Option.Name} {text}: write I/N with I from 0 to N - 1, such as 0/4 to 3/4");
    }

    private static bool TryParse(string text, out int value) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
