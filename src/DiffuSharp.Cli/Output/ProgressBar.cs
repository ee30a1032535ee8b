using Spectre.Console;

namespace DiffuSharp.Cli.Output;

/// <summary>A bar with percentage and remaining time while something runs.</summary>
internal static class ProgressBar
{
    public static void Run(IAnsiConsole console, string label, Action<Action<double>> work) =>
        RunWithStatus(console, label, report => work(fraction => report(fraction, "")));

    /// <summary>The same with a remark that changes.</summary>
    public static void RunWithStatus(IAnsiConsole console, string label, Action<Action<double, string>> work)
    {
        if (!console.Profile.Out.IsTerminal)
        {
            work((_, _) => { });
            return;
        }

        console.Progress()
            .AutoClear(enabled: true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                var task = context.AddTask(Markup.Escape(label), maxValue: 1);
                work((fraction, remark) =>
                {
                    task.Value = fraction;
                    task.Description = Markup.Escape(remark.Length == 0 ? label : $"{label}: {remark}");
                });
            });
    }
}
