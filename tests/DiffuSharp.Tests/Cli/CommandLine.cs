using System.Text.Json;
using DiffuSharp.Cli;

namespace DiffuSharp.Tests.Cli;

/// <summary>One run of the command line inside the test.</summary>
internal sealed record CommandLine(int ExitCode, string Output, string Error)
{
    public static CommandLine Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = Entry.Run(arguments, output, error);
        return new CommandLine(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs what must succeed and gives its JSON document; fails if anything but one document is printed.</summary>
    public static JsonElement Json(params string[] arguments)
    {
        var run = Run([.. arguments, "--json"]);
        run.Error.ShouldBe("");
        run.ExitCode.ShouldBe(0);
        return JsonDocument.Parse(run.Output).RootElement;
    }

    /// <summary>The output without the blanks at the ends of lines.</summary>
    public string Trimmed => string.Join('\n', Output.Split('\n').Select(line => line.TrimEnd())).Trim('\n');

    /// <summary>Bad input: exit code 2, one line on the error stream, nothing on the other.</summary>
    public void ShouldBeRefused(string because)
    {
        Error.ShouldContain(because);
        Error.ShouldStartWith("diffusharp: ");
        Error.TrimEnd('\n').ShouldNotContain("\n");
        Output.ShouldBe("");
        ExitCode.ShouldBe(2);
    }
}
