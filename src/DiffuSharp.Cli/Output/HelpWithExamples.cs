using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using DiffuSharp.Cli.Parsing;

namespace DiffuSharp.Cli.Output;

/// <summary>The usual help, and after it the examples of the verb.</summary>
internal sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        foreach (var flag in parseResult.CommandResult.Command.Options.OfType<RecipeOptionFlag>())
        {
            flag.Describe();
        }

        var result = usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is Verb { Examples.Count: > 0 } verb)
        {
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (var example in verb.Examples)
            {
                output.WriteLine($"  {example}");
            }

            output.WriteLine();
        }

        return result;
    }
}
