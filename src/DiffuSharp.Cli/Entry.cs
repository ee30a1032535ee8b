using System.CommandLine;
using DiffuSharp.Cli.Commands;
using DiffuSharp.Cli.Output;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Recipes;

namespace DiffuSharp.Cli;

/// <summary>The program without its process: arguments in, text and exit code out.</summary>
internal static class Entry
{
    public static int Run(
        IReadOnlyList<string> arguments, TextWriter output, TextWriter error, CancellationToken cancellation = default)
    {
        try
        {
            PluginFlag.Load(arguments);
            var root = Root.Create();
            arguments = LaunchCommand.Separate(arguments);
            var parse = root.Parse(OptionSpelling.Canonical(root, arguments), new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (parse.Errors.Count > 0 && !parse.IsHelp())
            {
                throw new InvalidInputException(
                    $"{Message(parse)}; see '{parse.CommandResult.Command.FullName()} --help'");
            }

            var configuration = new InvocationConfiguration
            {
                Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null,
            };
            return parse.InvokeAsync(configuration, cancellation).GetAwaiter().GetResult();
        }
        catch (Exception exception)
        {
            var report = ErrorReport.Of(exception);
            TryWrite(error, report.Line);
            if (Environment.GetEnvironmentVariable(ErrorReport.TraceVariable) == "1")
            {
                TryWrite(error, exception.ToString());
            }

            return report.ExitCode;
        }
    }

    // The exit code says it where the stream cannot.
    private static void TryWrite(TextWriter error, string text)
    {
        try
        {
            error.WriteLine(text);
            error.Flush();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
        }
    }

    // What the parser says of a word that it does not know, and the word that was probably meant.
    private static string Message(ParseResult parse)
    {
        var message = parse.Errors[0].Message.TrimEnd('.');
        var command = parse.CommandResult.Command;
        return parse.UnmatchedTokens is [var word, ..] && message.Contains($"'{word}'", StringComparison.Ordinal)
            ? message + Suggestion.Text(word, word.StartsWith('-') ? command.Options.Select(o => o.Name) : command.Subcommands.Select(c => c.Name))
            : message;
    }
}
