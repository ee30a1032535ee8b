using System.CommandLine;

namespace DiffuSharp.Cli.Parsing;

internal static class CommandExtensions
{
    /// <summary>Adds options in that order, in which help lists them.</summary>
    public static void AddAll(this Command command, params IEnumerable<Option> options)
    {
        foreach (var option in options)
        {
            command.Add(option);
        }
    }
}
