using System.CommandLine;
using DiffuSharp.Cli.Output;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Data;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp dataset inspect</c>: what is in a data set and what is wrong with it.</summary>
internal static class DatasetInspectCommand
{
    private const int ProblemsShown = 20;

    public static Command Create()
    {
        var data = new Argument<string>("DATA") { Description = "Zip, folder or idx file, or fashion-mnist, fashion-mnist:test." };
        var preview = new Option<string?>("--preview") { Description = "Also draw the first images of every class, with their names.", HelpName = "FILE.png" };
        var command = new Verb("inspect", "Read a whole data set; say what is in it and what is wrong with it.")
        {
            Examples = ["diffusharp dataset inspect fashion-mnist", "diffusharp dataset inspect photos.zip --preview photos.png"],
        };
        command.Add(data);
        command.Add(preview);
        command.Add(CommonOptions.Json);
        command.Runs(run =>
        {
            using var hold = run.Hold(preview);
            if (run.Get(preview) is { } picture)
            {
                Preview(run.Get(data)!, picture);
            }

            DatasetInspection? inspection = null;
            run.WithProgress("reading", report => inspection = DatasetInspection.Run(
                run.Get(data)!,
                new InlineProgress<DatasetProgress>(p => report((double)p.Done / p.Total)),
                run.Cancellation));
            Write(run, inspection!);
            return inspection!.IsUsable ? ExitCode.Success : ExitCode.BadInput;
        });
        return command;
    }

    private static void Preview(string data, string picture)
    {
        if (Directory.Exists(data) && Path.GetFullPath(picture).StartsWith(Path.GetFullPath(data).TrimEnd('/') + "/", StringComparison.Ordinal))
        {
            throw new InvalidInputException($"--preview {picture}: lies in the data set and would become an image of it; name a file elsewhere");
        }

        ImageFile.Write(picture, DatasetPreview.Compose(data));
    }

    private static void Write(Invocation run, DatasetInspection data)
    {
        if (run.Json)
        {
            run.WriteJson(new
            {
                data.Name,
                data.Count,
                Shape = data.Shape is { } shape ? new[] { shape.Channels, shape.Height, shape.Width } : null,
                Usable = data.IsUsable,
                data.LabelCount,
                data.LabelNames,
                data.LabelHistogram,
                data.Mean,
                Std = data.StandardDeviation,
                data.LeftOut,
                data.Problems,
            });
            return;
        }

        run.Console.WriteFacts(
        [
            ("data", data.Name),
            ("images", $"{data.Count} of {data.Shape?.ToString() ?? "unknown shape"}"),
            ("labels", data.LabelCount == 0 ? "none" : Classes(data)),
            ("mean", string.Join(" ", data.Mean.Select(m => $"{m:0.0000}"))),
            ("std", string.Join(" ", data.StandardDeviation.Select(s => $"{s:0.0000}"))),
            ("usable", data.IsUsable ? "yes" : "no"),
            .. data.LeftOut.Select(files => ("left out", $"{files}")),
            .. data.Problems.Take(ProblemsShown).Select(p => ("problem", $"{p.File}: {p.Description}")),
        ]);
        if (data.Problems.Count > ProblemsShown)
        {
            run.WriteLine($"and {data.Problems.Count - ProblemsShown} problems more; --json lists all");
        }
    }

    private static string Classes(DatasetInspection data) => data.LabelHistogram is { } histogram
        ? string.Join(", ", histogram.Select((count, i) => $"{data.LabelNames?[i] ?? $"{i}"}: {count}"))
        : $"vectors of length {data.LabelCount}";
}
