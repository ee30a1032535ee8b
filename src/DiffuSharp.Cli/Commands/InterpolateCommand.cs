using System.CommandLine;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Data;
using DiffuSharp.Denoising;
using DiffuSharp.Networks;
using DiffuSharp.Sampling;
using DiffuSharp.Torch;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp interpolate</c>: images between two images, by way of their noisy latents.</summary>
internal sealed class InterpolateCommand
{
    private readonly DataFlags _data = new(num: 8);
    private readonly Option<int?> _step = Flag.OptionalInteger("--step", "t, the step to which images are diffused [half of T].", 0, 1_000_000);
    private readonly Option<string> _mix = Flag.Choice("--mix", "How latents are mixed: lerp as in the paper, slerp keeps the noise's strength.", "lerp", "lerp", "slerp");
    private readonly Option<int> _points = Flag.Integer("--points", "Images from lambda 0 to 1, both of them included.", 9, 2, 1000);
    private readonly ProcessFlags _process = new();

    private readonly Option<string> _out = new("--out", "--dest")
    {
        Description = "Picture to write: a row for each two images, with those at its ends.", HelpName = "FILE.png", DefaultValueFactory = _ => "interpolation.png",
    };

    public static Command Create()
    {
        var options = new InterpolateCommand();
        var command = new Verb("interpolate", "Interpolate pairs of images through DDPM's noisy latents, each image with the next; --num counts images.")
        {
            Examples =
            [
                "diffusharp interpolate --num 4 --step 250",
                "diffusharp interpolate --beta-schedule cosine --diffusion-steps 100 --mix slerp --out slerp.png",
            ],
        };
        command.Add(CommonOptions.Network);
        options._data.AddTo(command);
        command.AddAll(
        [
            options._step, options._mix, options._points, .. options._process.All, options._out,
            CommonOptions.Device, CommonOptions.Threads, CommonOptions.Json,
        ]);

        command.Runs(options.Run);
        return command;
    }

    private int Run(Invocation run)
    {
        using var hold = run.Hold(_out);
        using var scope = torch.NewDisposeScope();
        var path = CommonOptions.NetworkPath(run);
        using var model = DenoiserFile.Load(path, CommonOptions.OpenDevice(run));
        var interpolation = Interpolation(run, model);
        using var images = _data.Open(run, model);
        if (images.Count % 2 != 0)
        {
            throw new InvalidInputException($"--num: {images.Count} images are no pairs; give an even number");
        }

        var (clean, condition) = DatasetTensors.Read(images, model.Denoiser);
        var lambdas = Enumerable.Range(0, run.Get(_points)).Select(k => k / (run.Get(_points) - 1.0)).ToArray();
        var shown = new List<Image>();
        run.WithProgress("interpolating", report =>
        {
            for (var i = 0; i < images.Count; i += 2)
            {
                using var inner = torch.NewDisposeScope();
                var between = interpolation.Run(
                    clean[i], clean[i + 1], lambdas, (long)run.Get(_data.Seed) + (i / 2), Mixed(condition, i, lambdas), run.Cancellation);
                shown.AddRange([.. TensorImages.Of(clean.narrow(0, i, 1)), .. TensorImages.Of(between), .. TensorImages.Of(clean.narrow(0, i + 1, 1))]);
                report((i + 2.0) / images.Count);
            }
        });
        var picture = run.Get(_out)!;
        ImageFile.Write(picture, ImageGrid.Compose(shown, columns: lambdas.Length + 2, padding: 2));
        Write(run, path, images, interpolation, picture, model.Denoiser.Evaluations);
        return ExitCode.Success;
    }

    private LatentInterpolation Interpolation(Invocation run, DenoiserFile model)
    {
        var schedule = _process.Schedule(run, model.Denoiser);
        var step = run.Get(_step) ?? schedule.T / 2;
        if (step > schedule.T)
        {
            throw new InvalidInputException($"--step {step}: the process has {schedule.T} steps");
        }

        var (low, high) = (schedule.Sigma(1), schedule.Sigma(Math.Max(step, 1)));
        if (schedule != model.Denoiser.Process && (low < model.Denoiser.SigmaMin || high > model.Denoiser.SigmaMax))
        {
            throw new InvalidInputException(
                $"--step {step}: the noise levels from {low:0.####} to {high:0.####} are beyond the model's, {model.Denoiser.SigmaMin:0.####} to "
                + $"{model.Denoiser.SigmaMax:0.####}");
        }

        var variance = _process.Variance(run, model.Model?.Description.Preconditioning);
        var process = new ReverseProcess(model.Denoiser, schedule, variance, _process.Clip(run));
        return new LatentInterpolation(process, step, Enum.Parse<LatentMixing>(run.Get(_mix)!, ignoreCase: true));
    }

    // Classes are mixed as the images are.
    private static Condition? Mixed(Condition? condition, int first, double[] lambdas)
    {
        if (condition?.Labels is not { } labels)
        {
            return null;
        }

        var lambda = torch.tensor(lambdas, [lambdas.Length, 1]).to(labels.device, labels.dtype);
        return new Condition(((1 - lambda) * labels[first]) + (lambda * labels[first + 1]));
    }

    private void Write(Invocation run, string network, IImageDataset images, LatentInterpolation interpolation, string picture, long evaluations)
    {
        var (seed, mix, steps) = (run.Get(_data.Seed), run.Get(_mix), interpolation.Process.Schedule.T);
        if (run.Json)
        {
            run.WriteJson(new
            {
                Network = network, Data = images.Name, Pairs = images.Count / 2, interpolation.Step, DiffusionSteps = steps, Mix = mix,
                Points = run.Get(_points), Seed = seed, Evaluations = evaluations, Picture = picture,
            });
            return;
        }

        run.WriteLine($"{network}; {images.Name}, {images.Count / 2} pairs, t {interpolation.Step} of {steps}, {mix}, seed {seed}, {evaluations} evaluations; {picture}");
    }
}
