using System.CommandLine;

namespace DiffuSharp.Cli.Parsing;

internal static class CommandExtensions
{
    /// <summary>Adds options in the given order, which is that of the help.</summary>
    public static void AddAll(this Command command, params IEnumerable<Option> options)
    {
        foreach (var option in options)
        {
            command.Add(option);
        }
    }
}
