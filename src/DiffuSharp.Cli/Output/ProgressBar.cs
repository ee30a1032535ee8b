using Spectre.Console;

namespace DiffuSharp.Cli.Output;

/// <summary>A bar with percentage and remaining time while something runs.</summary>
internal static class ProgressBar
{
    public static void Run(IAnsiConsole console, string label, Action<Action<double>> work)
    {
        if (!console.Profile.Out.IsTerminal)
        {
            work(_ => { });
            return;
        }

        console.Progress()
            .AutoClear(enabled: true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                var task = context.AddTask(Markup.Escape(label), maxValue: 1);
                work(fraction => task.Value = fraction);
            });
    }
}
