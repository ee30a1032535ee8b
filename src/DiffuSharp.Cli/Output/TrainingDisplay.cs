using System.Globalization;
using DiffuSharp.Training;
using Spectre.Console;

namespace DiffuSharp.Cli.Output;

/// <summary>
/// Shows a training run: a bar with speed, remaining time, memory and loss on a terminal, lines of the log elsewhere.
/// </summary>
internal static class TrainingDisplay
{
    private const double Gigabyte = 1L << 30;

    public static void Run(IAnsiConsole console, Action<IProgress<TrainingProgress>> train)
    {
        if (!console.Profile.Out.IsTerminal)
        {
            train(new InlineProgress<TrainingProgress>(progress =>
            {
                if (progress.Line is { } line)
                {
                    console.WritePlainLine(line);
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
                train(new InlineProgress<TrainingProgress>(progress =>
                {
                    if (progress.ImagesPerSecond > 0)
                    {
                        task.Value = (double)progress.ImagesSeen / progress.TotalImages;
                        task.Description = Markup.Escape(Describe(progress));
                    }

                    if (progress.Line is { } line)
                    {
                        console.WriteLine(line);
                    }
                }));
            });
    }

    private static string Describe(TrainingProgress progress) => string.Create(
        CultureInfo.InvariantCulture,
        $"{progress.ImagesSeen / 1000.0:0.0} kimg  {progress.ImagesPerSecond:0.0} images/s  "
        + $"{Duration.Text(progress.Remaining.TotalSeconds)} left  {progress.PeakMemory / Gigabyte:0.00} GB  loss {progress.Loss:0.0000}");
}
