using System.CommandLine;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Reports;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp plot</c>: charts of measured results.</summary>
internal sealed class PlotCommand
{
    private readonly Argument<string[]> _results = new("RESULTS")
    {
        Description = "Files of JSON lines, one result a line.", Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> _x = new("--x") { Description = "Field of the horizontal axis; a.b is b inside a.", HelpName = "FIELD", Required = true };
    private readonly Option<string> _y = new("--y") { Description = "Field of the vertical axis; several make panels.", HelpName = "FIELD,..", Required = true };
    private readonly Option<string?> _series = new("--series") { Description = "Field that tells series apart [the file].", HelpName = "FIELD" };
    private readonly Option<string?> _error = new("--error") { Description = "Standard error for each --y.", HelpName = "FIELD,.." };
    private readonly Option<bool> _logX = new("--log-x") { Description = "Logarithmic horizontal axis." };
    private readonly Option<bool> _logY = new("--log-y") { Description = "Logarithmic vertical axes." };
    private readonly Option<string?> _title = new("--title") { Description = "Words above the plot.", HelpName = "TEXT" };
    private readonly Option<string?> _xTitle = new("--x-title") { Description = "Words for the horizontal axis.", HelpName = "TEXT" };
    private readonly Option<string?> _yTitle = new("--y-title") { Description = "Words for each vertical axis.", HelpName = "TEXT,.." };

    private readonly Option<string> _dest = new("--dest")
    {
        Description = "File: .html, .svg (needs Node.js) or .json (Vega-Lite).", HelpName = "FILE", DefaultValueFactory = _ => "plot.html",
    };

    public static Command Create()
    {
        var options = new PlotCommand();
        var command = new Verb("plot", "Draw charts of measured results; lines with the same series and x are averaged.")
        {
            Examples =
            [
                "diffusharp plot results.jsonl --x nfe --y fid --series solver --log-x",
                "diffusharp plot a.jsonl b.jsonl --x nfe --y fid,kid --error fid_stderr,kid_stderr --dest figure.svg",
                "diffusharp plot training-runs/00000-run/stats.jsonl --x Progress/kimg --y Loss/loss.mean",
            ],
        };
        command.Add(options._results);
        command.AddAll(
            options._x, options._y, options._series, options._error, options._logX, options._logY, options._title, options._xTitle, options._yTitle,
            options._dest, CommonOptions.Json);

        command.Runs(options.Run);
        return command;
    }

    private int Run(Invocation run)
    {
        using var hold = run.Hold(_dest);
        var path = run.Get(_dest)!;
        var file = new PlotFile(path);
        var options = new ResultPlotOptions(run.Get(_x)!, List(run.Get(_y)))
        {
            Series = run.Get(_series),
            Error = List(run.Get(_error)),
            LogX = run.Get(_logX),
            LogY = run.Get(_logY),
            Title = run.Get(_title) ?? "",
            XTitle = run.Get(_xTitle),
            YTitle = List(run.Get(_yTitle)),
        };
        var plot = ResultPlot.Create([.. run.Get(_results)!.SelectMany(ResultLine.Read)], options);
        file.Write(plot, run.Cancellation);
        Report(run, path, plot);
        return ExitCode.Success;
    }

    private static void Report(Invocation run, string path, Plot plot)
    {
        var charts = plot is Panels panels ? panels.Charts : [(LineChart)plot];
        if (run.Json)
        {
            run.WriteJson(new
            {
                File = path,
                Charts = charts.Select(chart => new
                {
                    X = chart.X.Title,
                    Y = chart.Y.Title,
                    Series = chart.Series.Select(series => new { series.Name, series.Points }),
                }),
            });
            return;
        }

        foreach (var chart in charts)
        {
            var series = chart.Series.Select(one => $"{one.Name} ({one.Points.Count})");
            run.WriteLine($"{path}: {chart.Y.Title} over {chart.X.Title}, points of {string.Join(", ", series)}");
        }
    }

    private static string[] List(string? names) => names?.Split(',', StringSplitOptions.TrimEntries) ?? [];
}
