using System.Globalization;
using DiffuSharp.Tuning;
using Spectre.Console;

namespace DiffuSharp.Cli.Output;

/// <summary>Shows a run of <c>tune</c>: a bar with loss, metric and remaining time on a terminal, a line for each validation elsewhere.</summary>
internal static class TuningDisplay
{
    public static void Run(IAnsiConsole console, string metric, Action<IProgress<TuningProgress>> tune)
    {
        if (!console.Profile.Out.IsTerminal)
        {
            tune(new InlineProgress<TuningProgress>(progress =>
            {
                if (progress.Point.Validation is not null)
                {
                    console.WritePlainLine(Describe(progress, metric));
                }
            }));
            return;
        }

        console.Progress()
            .AutoClear(enabled: true)
            .Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context =>
            {
                var task = context.AddTask("starting", maxValue: 1);
                tune(new InlineProgress<TuningProgress>(progress =>
                {
                    task.Value = (double)progress.Point.Iteration / progress.Iterations;
                    task.Description = Markup.Escape(Describe(progress, metric));
                }));
            });
    }

    private static string Describe(TuningProgress progress, string metric)
    {
        var loss = progress.Point.Loss is { } value ? $"  loss {value:0.00000}" : "";
        var now = progress.Point.Validation is { } validation ? $"  {metric} {validation:0.00000}" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{progress.Point.Iteration}/{progress.Iterations}{loss}{now}  best {progress.Best:0.00000} (start {progress.Initial:0.00000})  {Duration.Text(progress.Remaining.TotalSeconds)} left");
    }
}
