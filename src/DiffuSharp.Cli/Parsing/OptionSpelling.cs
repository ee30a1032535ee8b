using System.CommandLine;

namespace DiffuSharp.Cli.Parsing;

/// <summary>
/// Underscores and hyphens mean the same in option names and in their words: <c>--sigma-min</c> is <c>--sigma_min</c>. An option is declared in
/// the same way by all verbs that have it.
/// </summary>
internal static class OptionSpelling
{
    /// <summary>The arguments with every known option spelled as it is declared.</summary>
    public static IReadOnlyList<string> Canonical(Command root, IReadOnlyList<string> arguments)
    {
        var declared = Options(root).SelectMany(o => o.Aliases.Append(o.Name)).Distinct()
            .ToLookup(Hyphens);
        var literal = false;
        return [.. arguments.Select(argument =>
        {
            literal |= argument == "--";
            return literal ? argument : Canonical(declared, argument);
        })];
    }

    /// <summary>Whether two words are the same but for their underscores and hyphens.</summary>
    public static bool Same(string one, string other) => Hyphens(one) == Hyphens(other);

    private static string Canonical(ILookup<string, string> declared, string argument)
    {
        if (!argument.StartsWith("--", StringComparison.Ordinal))
        {
            return argument;
        }

        var end = argument.IndexOf('=');
        var name = end < 0 ? argument : argument[..end];
        return declared[Hyphens(name)].FirstOrDefault(name) + argument[name.Length..];
    }

    private static string Hyphens(string name) => name.Replace('_', '-');

    private static IEnumerable<Option> Options(Command command) => command.Options.Concat(command.Subcommands.SelectMany(Options));
}
