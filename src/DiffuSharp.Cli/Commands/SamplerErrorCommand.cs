using System.CommandLine;
using DiffuSharp.Cli.Output;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Networks;
using DiffuSharp.Sampling;
using DiffuSharp.Schedules;
using DiffuSharp.Torch;
using Spectre.Console;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp sampler error</c>: the truncation error of each step on a model.</summary>
internal sealed class SamplerErrorCommand
{
    private readonly DataFlags _data = new(num: 16);
    private readonly Option<int> _steps = Flag.Integer("--steps", "Steps of the sampler.", 18, 1, 10_000);
    private readonly Option<double> _rho = Flag.Number("--rho", "Time step exponent.", 7);
    private readonly Option<double> _sigmaMin = Flag.Number("--sigma_min", "Lowest noise level.", 0.002);
    private readonly Option<double> _sigmaMax = Flag.Number("--sigma_max", "Highest noise level.", 80);
    private readonly Option<int> _substeps = Flag.Integer("--substeps", "Small Heun steps that stand for the exact solution of one step.", 16, 1, 10_000);

    public static Command Create()
    {
        var options = new SamplerErrorCommand();
        var command = new Verb("error", "Measure the error that each single step makes, Euler's and Heun's, against a fine solution.")
        {
            Examples = ["diffusharp sampler error --rho 3", "diffusharp sampler error --num 64 --steps 32 --substeps 32 --json"],
        };
        command.Add(CommonOptions.Network);
        options._data.AddTo(command);
        command.AddAll(
            options._steps, options._rho, options._sigmaMin, options._sigmaMax, options._substeps, CommonOptions.Device, CommonOptions.Threads,
            CommonOptions.Json);

        command.Runs(options.Run);
        return command;
    }

    private int Run(Invocation run)
    {
        using var scope = torch.NewDisposeScope();
        var path = CommonOptions.NetworkPath(run);
        using var model = DenoiserFile.Load(path, CommonOptions.OpenDevice(run));
        using var images = _data.Open(run, model);
        var range = new SigmaRange(run.Get(_sigmaMin), run.Get(_sigmaMax)).Intersect(model.Denoiser.SigmaMin, model.Denoiser.SigmaMax);
        var levels = NoiseLevels.EDM(run.Get(_steps), range, run.Get(_rho)).Rounded(model.Denoiser.RoundSigma);
        var (clean, condition) = DatasetTensors.Read(images, model.Denoiser);
        using var noise = new SeededNoise(Enumerable.Range(0, images.Count).Select(i => (long)run.Get(_data.Seed) + i), images.Shape);
        IReadOnlyList<StepError> errors = [];
        run.WithProgress("measuring", report => errors = TruncationError.Measure(
            model.Denoiser, levels, clean, noise, run.Get(_substeps), condition, new InlineProgress<double>(report), run.Cancellation));
        Write(run, path, images.Count, model.Denoiser.Evaluations / (double)images.Count, errors);
        return ExitCode.Success;
    }

    private void Write(Invocation run, string network, int count, double nfe, IReadOnlyList<StepError> errors)
    {
        if (run.Json)
        {
            run.WriteJson(new
            {
                Network = network, N = count, Seed = run.Get(_data.Seed), Steps = run.Get(_steps), Rho = run.Get(_rho), Substeps = run.Get(_substeps),
                Nfe = nfe, Errors = errors,
            });
            return;
        }

        var table = new Table().Border(TableBorder.Simple);
        foreach (var name in new[] { "sigma", "to", "Euler", "Heun" })
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        foreach (var error in errors)
        {
            table.AddRow($"{error.Sigma:0.####}", $"{error.Next:0.####}", $"{error.Euler:E2}", $"{error.Heun:E2}");
        }

        run.Console.Write(table);
        run.WriteLine($"root mean square error of a pixel, N {count}, seed {run.Get(_data.Seed)}, {run.Get(_substeps)} substeps; {nfe:0.#} NFE an image");
    }
}
