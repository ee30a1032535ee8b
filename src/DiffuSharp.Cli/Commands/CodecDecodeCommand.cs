using System.CommandLine;
using DiffuSharp.Cli.Output;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Data;
using DiffuSharp.Likelihood.Codec;
using DiffuSharp.Networks;
using DiffuSharp.Sampling;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp codec decode</c>: a file of the codec to images.</summary>
internal sealed class CodecDecodeCommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "File that 'codec encode' wrote, whole or cut anywhere." };
    private readonly Option<string?> _outdir = new("--outdir", "--dest") { Description = "Folder for the images.", HelpName = "DIR" };
    private readonly Option<int?> _truncate = Flag.OptionalInteger("--truncate", "Use only so many steps of the file.", 0, 10_000);
    private readonly Option<bool> _compare = new("--compare") { Description = "Compare with the images that were encoded: those of --data, --num and --seed." };
    private readonly DataFlags _data = new();

    public static Command Create()
    {
        var options = new CodecDecodeCommand();
        var command = new Verb("decode", "Decompress images, all of them or what a part of the file shows.")
        {
            Examples =
            [
                "diffusharp codec decode test.dsprog --outdir decoded",
                "diffusharp codec decode test.dsprog --truncate 12 --compare --num 100",
            ],
        };
        command.Add(options._file);
        command.AddAll(CommonOptions.Network, options._outdir, CommonOptions.Overwrite, options._truncate, options._compare);

        options._data.AddTo(command);
        command.AddAll(CommonOptions.Device, CommonOptions.Threads, CommonOptions.Json);

        command.Runs(options.Run);
        return command;
    }

    private int Run(Invocation run)
    {
        if (!run.Has(_outdir) && !run.Has(_compare))
        {
            throw new InvalidInputException("nothing to do: name a folder with --outdir, or ask for --compare");
        }

        var file = run.Get(_file)!;
        var path = CommonOptions.NetworkPath(run);
        using var model = DenoiserFile.Load(path, CommonOptions.OpenDevice(run));
        using var original = run.Has(_compare) ? _data.Open(run, labels: false) : null;
        using var folder = run.Get(_outdir) is { } outdir ? new SampleFolder(outdir, subdirs: false, grid: true) : null;
        folder?.Prepare(
            SampleRecord.OfFile(path, "codec decode", file, KeyValuePair.Create("truncate", $"{run.Get(_truncate)}")), run.Get(CommonOptions.Overwrite));
        var codec = new ProgressiveCodec(model.Denoiser, WeightHash.Bytes(path));
        DecodedImages? decoded = null;
        run.WithProgress("decoding", progress => decoded = codec.Decode(
            file, run.Get(_truncate), new InlineProgress<double>(progress), run.Cancellation));
        folder?.Write([.. decoded!.Images.Select((image, i) => new GeneratedImage(i, decoded.Classes?[i], image))]);
        Write(run, file, folder?.Finish().Outdir, decoded!, original is null ? null : Difference(file, decoded!, original));
        return ExitCode.Success;
    }

    // Of the expected images before they are rounded to bytes: the distortion that the bound speaks of.
    private static double Difference(string file, DecodedImages decoded, IImageDataset original)
    {
        if (original.Count != decoded.Images.Count || original.Shape != decoded.Images[0].Shape)
        {
            throw new InvalidInputException(
                $"{file}: holds {decoded.Images.Count} {decoded.Images[0].Shape} images, {original.Name} has {original.Count} {original.Shape}: "
                + "name what was encoded with --data, --num and --seed");
        }

        var images = DatasetImages.Read(original);
        return Math.Sqrt(images.Select((image, i) => decoded.IsLossless
            ? image.Pixels.Zip(decoded.Images[i].Pixels, (a, b) => Math.Pow(a - b, 2)).Average()
            : image.Pixels.Zip(decoded.Expected[i], (a, d) => Math.Pow(a - (127.5 * (d + 1)), 2)).Average()).Average());
    }

    private static void Write(Invocation run, string file, string? outdir, DecodedImages decoded, double? rmse)
    {
        if (run.Json)
        {
            run.WriteJson(new { File = file, Outdir = outdir, Images = decoded.Images.Count, decoded.Sigma, Lossless = decoded.IsLossless, Rmse = rmse });
            return;
        }

        run.WriteLine(
            $"{file}: {decoded.Images.Count} images, {(decoded.IsLossless ? "lossless" : $"as expected at sigma {decoded.Sigma:0.####}")}"
            + (rmse is { } value ? $", RMSE {value:F4} of 255" : "") + (outdir is null ? "" : $", written to {outdir}"));
    }
}
