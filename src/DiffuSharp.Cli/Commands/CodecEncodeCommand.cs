using System.CommandLine;
using DiffuSharp.Cli.Output;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Data;
using DiffuSharp.Likelihood.Codec;
using DiffuSharp.Networks;
using DiffuSharp.Schedules;
using Spectre.Console;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp codec encode</c>: a data set to one file.</summary>
internal sealed class CodecEncodeCommand
{
    private readonly Option<string> _dest = new("--dest")
    {
        Description = "File to write.", HelpName = "FILE", DefaultValueFactory = _ => "images.dsprog",
    };

    private readonly DataFlags _data = new();

    private readonly Option<int> _levels = Flag.Integer(
        "--levels", "Noise levels, points where the file can be cut; each costs one NFE at both ends.", 24, 2, 10_000);

    private readonly Option<double> _sigmaMin = Flag.Number("--sigma_min", "Last noise level; below it the bytes are coded one by one.", 0.02);
    private readonly Option<double> _sigmaMax = Flag.Number("--sigma_max", "First noise level, from which both ends start.", 80);
    private readonly Option<double> _rho = Flag.Number("--rho", "Exponent of the levels.", 7);

    private readonly Option<int?> _truncate = Flag.OptionalInteger(
        "--truncate", "Keep only so many steps: a smaller file, with losses.", 1, 10_000);

    private readonly Option<int> _blockBits = Flag.Integer(
        "--block-bits", "Bits of one random code: 1 more doubles the time and saves about 1 %.", 12, 4, ProgressiveCodecOptions.LargestBlockBits);

    private readonly Option<int> _batch = Flag.Integer("--batch", "Images that run together, at both ends.", 64, 1, ushort.MaxValue);

    public static Command Create()
    {
        var options = new CodecEncodeCommand();
        var command = new Verb("encode", "Compress images into one file; says what each part of it costs and shows.")
        {
            Examples =
            [
                "diffusharp codec encode --num 100 --dest test.dsprog",
                "diffusharp codec encode --data images.zip --levels 32 --truncate 20 --dest lossy.dsprog",
            ],
        };
        command.Add(CommonOptions.Network);
        command.Add(options._dest);
        options._data.AddTo(command);
        command.AddAll(
            options._levels, options._sigmaMin, options._sigmaMax, options._rho, options._truncate, options._blockBits, options._batch,
            CommonOptions.Device, CommonOptions.Threads, CommonOptions.Json);

        command.Runs(options.Run);
        return command;
    }

    private int Run(Invocation run)
    {
        using var hold = run.Hold(_dest);
        var path = CommonOptions.NetworkPath(run);
        using var model = DenoiserFile.Load(path, CommonOptions.OpenDevice(run));
        using var data = _data.Open(run, model);
        var levels = NoiseLevels.EDM(run.Get(_levels), new SigmaRange(run.Get(_sigmaMin), run.Get(_sigmaMax)), run.Get(_rho));
        var options = new ProgressiveCodecOptions
        {
            Levels = levels.Rounded(model.Denoiser.RoundSigma),
            BlockBits = run.Get(_blockBits),
            Truncate = run.Get(_truncate),
            Seed = (uint)run.Get(_data.Seed),
            Batch = run.Get(_batch),
        };
        var codec = new ProgressiveCodec(model.Denoiser, WeightHash.Bytes(path));
        var file = run.Get(_dest)!;
        CodecReport? report = null;
        run.WithProgress("encoding", progress => report = codec.Encode(
            file, DatasetImages.Read(data), DatasetImages.Classes(data, model.Denoiser), options, new InlineProgress<double>(progress), run.Cancellation));
        Write(run, path, data, file, report!);
        return ExitCode.Success;
    }

    private void Write(Invocation run, string network, IImageDataset data, string file, CodecReport report)
    {
        var levels = report.Levels.Select((level, i) => new
        {
            Step = i + 1,
            level.Sigma,
            level.Bytes,
            BitsPerDim = report.PerDimension(level.Bytes * 8.0),
            PromisedBitsPerDim = report.PerDimension(level.PromisedBits),
            level.Rmse,
            level.PromisedRmse,
        }).ToArray();
        if (run.Json)
        {
            run.WriteJson(new
            {
                Network = network, Data = data.Name, File = file, report.Images, Seed = run.Get(_data.Seed), Bytes = levels[^1].Bytes,
                BitsPerDim = report.BitsPerDimension, PromisedBitsPerDim = report.PromisedBitsPerDimension, Lossless = levels[^1].Sigma == 0,
                report.Nfe, report.Seconds, Levels = levels,
            });
            return;
        }

        var table = new Table().Border(TableBorder.Simple);
        foreach (var (name, unit) in new[] { ("step", ""), ("sigma", ""), ("bytes", ""), ("bits/dim", ""), ("promised", "bits/dim"), ("RMSE", "of 255"), ("promised", "RMSE") })
        {
            table.AddColumn(new TableColumn($"{name} {unit}".TrimEnd()).RightAligned());
        }

        foreach (var level in levels)
        {
            table.AddRow(
                $"{level.Step}", $"{level.Sigma:0.####}", $"{level.Bytes}", $"{level.BitsPerDim:F4}", $"{level.PromisedBitsPerDim:F4}", $"{level.Rmse:F3}",
                $"{level.PromisedRmse:F3}");
        }

        run.Console.Write(table);
        run.WriteLine(
            $"{file}: {report.Images} images in {levels[^1].Bytes} bytes, {report.BitsPerDimension:F4} bits/dim, "
            + $"{100 * ((report.BitsPerDimension / report.PromisedBitsPerDimension) - 1):F1} % over the bound; NFE {report.Nfe:0.#} an image, {report.Seconds:F1} s");
    }
}
