using System.CommandLine;
using System.Globalization;
using DiffuSharp.Cli.Output;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Data;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp dataset convert</c>: EDM's layout from anything readable.</summary>
internal sealed class DatasetConvertCommand
{
    private readonly Option<string> _source = new("--source")
    {
        Description = "Zip, folder or idx file, or a name.", HelpName = "DATA", Required = true,
    };

    private readonly Option<string> _dest = new("--dest")
    {
        Description = "Zip file, or a new folder.", HelpName = "ZIP|DIR", Required = true,
    };

    private readonly Option<string?> _resolution = new("--resolution") { Description = "Size of every image, 64x64.", HelpName = "WxH" };
    private readonly Option<int?> _maxImages = Flag.OptionalInteger("--max-images", "Only the first so many images.", 1, int.MaxValue);

    private readonly Option<string> _transform = Flag.Choice(
        "--transform", "How other sizes are brought to the resolution.", "none", "none", "center-crop", "center-crop-wide", "center-crop-dhariwal");

    private readonly Option<string> _channels = Flag.Choice("--channels", "Channels.", "keep", "keep", "grey", "rgb");

    private readonly Option<string> _labels = Flag.Choice(
        "--labels", "What to do about labels.", "if-present", "if-present", "ignored", "required");

    public static Command Create()
    {
        var options = new DatasetConvertCommand();
        var command = new Verb("convert", "Make EDM's data-set layout: stored PNG files and dataset.json.")
        {
            Examples =
            [
                "diffusharp dataset convert --source fashion-mnist --dest fashion-mnist.zip",
                "diffusharp dataset convert --source photos/ --dest photos-64.zip --resolution 64x64 --transform center-crop",
            ],
        };
        command.AddAll(
            options._source, options._dest, options._resolution, options._transform, options._channels, options._labels, options._maxImages);

        command.Add(CommonOptions.Overwrite);
        command.Add(CommonOptions.Json);
        command.Runs(options.Run);
        return command;
    }

    private int Run(Invocation run)
    {
        using var hold = run.HoldNew(_dest);
        var (width, height) = Resolution(run.Get(_resolution));
        var options = new DatasetConverterOptions
        {
            Width = width,
            Height = height,
            MaxImages = run.Get(_maxImages),
            Transform = Word<DatasetTransform>(run.Get(_transform)!),
            Channels = Word<ChannelChoice>(run.Get(_channels)!),
            Labels = Word<LabelUse>(run.Get(_labels)!),
        };
        var destination = run.Get(_dest)!;
        DatasetConversionReport? report = null;
        run.WithProgress("converting", progress => report = DatasetConverter.Convert(
            run.Get(_source)!,
            destination,
            options,
            new InlineProgress<DatasetProgress>(p => progress((double)p.Done / p.Total)),
            run.Cancellation));
        Write(run, destination, report!);
        return ExitCode.Success;
    }

    private static void Write(Invocation run, string destination, DatasetConversionReport report)
    {
        if (run.Json)
        {
            run.WriteJson(new
            {
                Dest = destination,
                report.Images,
                report.Skipped,
                Shape = new[] { report.Shape.Channels, report.Shape.Height, report.Shape.Width },
                report.LabelCount,
                report.LabelNames,
                report.LeftOut,
                Changes = report.Changes.ToDictionary(c => c.Key.ToString(), c => c.Value),
            });
            return;
        }

        run.WriteLine(destination);
        foreach (var line in report.Explain())
        {
            run.WriteLine($"  {line}");
        }
    }

    private static (int? Width, int? Height) Resolution(string? text)
    {
        if (text is null)
        {
            return (null, null);
        }

        var sides = text.Split('x');
        return sides.Length == 2
            && int.TryParse(sides[0], NumberStyles.None, CultureInfo.InvariantCulture, out var width)
            && int.TryParse(sides[1], NumberStyles.None, CultureInfo.InvariantCulture, out var height)
            ? (width, height)
            : throw new InvalidInputException($"--resolution {text}: write width and height, such as 64x64");
    }

    private static T Word<T>(string word)
        where T : struct, Enum => Enum.Parse<T>(word.Replace("-", "", StringComparison.Ordinal), ignoreCase: true);
}
