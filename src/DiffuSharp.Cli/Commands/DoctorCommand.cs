using System.CommandLine;
using DiffuSharp.Cli.Parsing;
using Spectre.Console;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp doctor</c>: what was found on this machine, and what to do about what was not.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Verb("doctor", "Say what was found on this machine, and what to do about what was not.")
        {
            Examples = ["diffusharp doctor", "diffusharp doctor --json"],
        };
        command.Add(CommonOptions.Json);
        command.Runs(Run);
        return command;
    }

    private static int Run(Invocation run)
    {
        var findings = Examination.Run();
        if (run.Json)
        {
            run.WriteJson(findings.Select(f => new { f.Subject, f.Found, f.Text }));
        }
        else
        {
            Write(run.Console, findings);
        }

        return findings.All(f => f.Found || !f.Essential) ? ExitCode.Success : ExitCode.BadInput;
    }

    private static void Write(IAnsiConsole console, IReadOnlyList<Finding> findings)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach (var finding in findings)
        {
            var mark = finding.Found ? new Text("ok", new Style(Color.Green)) : new Text("missing", new Style(Color.Red));
            grid.AddRow(mark, new Text(finding.Subject), new Text(finding.Text));
        }

        console.Write(grid);
    }
}
