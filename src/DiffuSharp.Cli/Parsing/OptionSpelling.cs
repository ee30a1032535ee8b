using System.CommandLine;

namespace DiffuSharp.Cli.Parsing;

/// <summary>Underscores and hyphens mean the same in option names: <c>--sigma-min</c> is <c>--sigma_min</c>.</summary>
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

    private static string Canonical(ILookup<string, string> declared, string argument)
    {
        if (!argument.StartsWith("--", StringComparison.Ordinal))
        {
            return argument;
        }

        var end = argument.IndexOf('=');
        var name = end < 0 ? argument : argument[..end];
        var known = declared[Hyphens(name)].ToList();
        return known.Count == 0 || known.Contains(name) ? argument : known[0] + argument[name.Length..];
    }

    private static string Hyphens(string name) => name.Replace('_', '-');

    private static IEnumerable<Option> Options(Command command) => command.Options.Concat(command.Subcommands.SelectMany(Options));
}
