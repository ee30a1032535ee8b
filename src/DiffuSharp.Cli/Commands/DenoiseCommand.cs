using System.CommandLine;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Data;
using DiffuSharp.Denoising;
using DiffuSharp.Networks;
using DiffuSharp.Sampling;
using DiffuSharp.Torch;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp denoise</c>: what a denoiser makes of noisy images, with its error at each noise level.</summary>
internal sealed class DenoiseCommand
{
    private readonly Option<string?> _ideal = new("--ideal") { Description = "Instead of a model, the ideal denoiser of this data set.", HelpName = "DATA" };
    private readonly DataFlags _data = new(num: 8);

    private readonly Option<string> _sigmas = new("--sigmas")
    {
        Description = "Noise levels.", HelpName = "LIST", DefaultValueFactory = _ => "0.1,0.2,0.5,1,2,5,10,50",
    };

    private readonly Option<string?> _out = new("--out", "--dest")
    {
        Description = "Picture to write: for each image a row of noisy images and a row of denoised ones.", HelpName = "FILE.png",
    };

    public static Command Create()
    {
        var options = new DenoiseCommand();
        var command = new Verb("denoise", "Denoise images at several noise levels and measure the error, with a model or the ideal denoiser.")
        {
            Examples = ["diffusharp denoise --out denoised.png", "diffusharp denoise --ideal fashion-mnist --num 4 --sigmas 0.2,1,5 --out ideal.png"],
        };
        command.Add(CommonOptions.Network);
        command.Add(options._ideal);
        options._data.AddTo(command);
        command.AddAll(options._sigmas, options._out, CommonOptions.Device, CommonOptions.Threads, CommonOptions.Json);

        command.Runs(options.Run);
        return command;
    }

    private int Run(Invocation run)
    {
        using var hold = run.Hold(_out);
        using var scope = torch.NewDisposeScope();
        var sigmas = SigmaList.Parse(_sigmas.Name, run.Get(_sigmas)!);
        var device = CommonOptions.OpenDevice(run);
        if (run.Get(_ideal) is not { } ideal)
        {
            var path = CommonOptions.NetworkPath(run);
            using var model = DenoiserFile.Load(path, device);
            Measure(run, path, model.Denoiser, model.ClassNames, sigmas);
            return ExitCode.Success;
        }

        if (run.Has(CommonOptions.Network))
        {
            throw new InvalidInputException("--network and --ideal: the one is a model, the other the data themselves; give one of the two");
        }

        using var data = ImageDataset.Open(ideal, new ImageDatasetOptions { Labels = LabelUse.Ignored });
        using var denoiser = new DatasetDenoiser(Values(data).to(device));
        Measure(run, $"ideal denoiser of {data.Name}, {data.Count} images", denoiser, names: null, sigmas);
        return ExitCode.Success;
    }

    private void Measure(Invocation run, string name, IDenoiser denoiser, IReadOnlyList<string>? names, IReadOnlyList<double> sigmas)
    {
        using var images = _data.Open(run, denoiser, names);
        var (clean, condition) = DatasetTensors.Read(images, denoiser);
        using var noise = new SeededNoise(Enumerable.Range(0, images.Count).Select(i => (long)run.Get(_data.Seed) + i), images.Shape);
        var unit = noise.Next();
        var shown = new List<(Tensor Noisy, Tensor Denoised)>();
        var errors = new List<double>();
        using var mode = torch.no_grad();
        run.WithProgress("denoising", report =>
        {
            foreach (var sigma in sigmas)
            {
                run.Cancellation.ThrowIfCancellationRequested();
                var noisy = clean + (unit * sigma);
                var denoised = denoiser.Denoise(noisy, torch.tensor([sigma]), condition).to(Device.CPU, ScalarType.Float64);
                shown.Add((noisy, denoised));
                errors.Add(127.5 * Math.Sqrt((denoised - clean).square().mean().item<double>()));
                report(shown.Count / (double)sigmas.Count);
            }
        });
        var picture = run.Get(_out);
        if (picture is not null)
        {
            ImageFile.Write(picture, Picture(shown, images));
        }

        Write(run, name, images, picture, sigmas, errors);
    }

    private static Image Picture(List<(Tensor Noisy, Tensor Denoised)> shown, IImageDataset images)
    {
        Image[][] columns = [.. shown.Select(s => TensorImages.Of(s.Noisy)), .. shown.Select(s => TensorImages.Of(s.Denoised))];
        return ImageGrid.Compose(
            [.. Enumerable.Range(0, images.Count).SelectMany(i => columns.Select(column => column[i]))], columns: shown.Count, padding: 2);
    }

    private static Tensor Values(IImageDataset data)
    {
        byte[] pixels = [.. DatasetImages.Read(data).SelectMany(image => image.Pixels)];
        var values = new float[pixels.Length];
        PixelRange.ToFloat(pixels, values);
        return torch.tensor(values, [data.Count, data.Shape.Channels, data.Shape.Height, data.Shape.Width]);
    }

    private void Write(
        Invocation run, string name, IImageDataset images, string? picture, IReadOnlyList<double> sigmas, List<double> errors)
    {
        if (run.Json)
        {
            run.WriteJson(new
            {
                Denoiser = name, Data = images.Name, N = images.Count, Seed = run.Get(_data.Seed), Picture = picture,
                Errors = sigmas.Zip(errors, (sigma, rmse) => new { Sigma = sigma, Rmse = rmse }),
            });
            return;
        }

        foreach (var (sigma, rmse) in sigmas.Zip(errors))
        {
            run.WriteLine($"sigma {sigma:0.####}: RMSE {rmse:F3} of 255");
        }

        run.WriteLine($"{name}; {images.Name}, N {images.Count}, seed {run.Get(_data.Seed)}" + (picture is null ? "" : $"; {picture}"));
    }
}
