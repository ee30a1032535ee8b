using System.CommandLine;
using DiffuSharp.Cli.Output;

namespace DiffuSharp.Cli.Parsing;

/// <summary>Questions to a parsed command line.</summary>
internal static class ParseResultExtensions
{
    /// <summary>Whether help is asked for, which goes before all errors.</summary>
    public static bool IsHelp(this ParseResult parse) => parse.Action is HelpWithExamples;

    /// <summary>The command as it is called, such as <c>diffusharp dataset convert</c>.</summary>
    public static string FullName(this Command command) => command switch
    {
        RootCommand => "diffusharp",
        _ => $"{command.Parents.OfType<Command>().First().FullName()} {command.Name}",
    };
}
