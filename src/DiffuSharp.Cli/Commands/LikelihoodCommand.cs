using System.CommandLine;
using DiffuSharp.Cli.Output;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Data;
using DiffuSharp.Likelihood;
using DiffuSharp.Networks;
using Spectre.Console;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp likelihood</c>: bits per dimension of images under a model.</summary>
internal sealed class LikelihoodCommand
{
    private readonly Option<string> _protocol = Flag.Choice("--protocol", "ode, the probability-flow ODE; or vlb, the variational bound.", "ode", "ode", "vlb");
    private readonly DataFlags _data = new();
    private readonly FlowFlags _flow = new();
    private readonly VariationalFlags _bound = new();
    private readonly Option<int> _probes = Flag.Integer("--probes", "Hutchinson vectors for each image.", 1, 1, 100_000);
    private readonly Option<bool> _exact = new("--exact") { Description = "The exact trace instead: one product for every value of an image." };

    private readonly Option<string> _dequantisation = Flag.Choice(
        "--dequantisation", "Where the uniform noise of a byte lies: above it, [0,1), or centred, [-0.5,0.5).", "above", "above", "centred");

    public static Command Create()
    {
        var options = new LikelihoodCommand();
        var command = new Verb("likelihood", "Measure bits per dimension of images; without flags, Fashion-MNIST's test images.")
        {
            Examples =
            [
                "diffusharp likelihood --num 1000",
                "diffusharp likelihood --protocol vlb --num 1000 --timesteps 64",
                "diffusharp likelihood --network model.safetensors --data images.zip --num 100 --steps 64 --probes 4 --json",
            ],
        };
        command.Add(CommonOptions.Network);
        command.Add(options._protocol);
        options._data.AddTo(command);
        options._flow.AddTo(command);
        command.AddAll(
        [
            options._probes, options._exact, options._dequantisation, .. options._bound.All,
            CommonOptions.Device, CommonOptions.Threads, CommonOptions.Json,
        ]);

        command.Runs(options.Run);
        return command;
    }

    private int Run(Invocation run)
    {
        var path = CommonOptions.NetworkPath(run);
        using var model = DenoiserFile.Load(path, CommonOptions.OpenDevice(run));
        using var images = _data.Open(run, model);
        var measure = Protocol(run, model, images);
        BitsPerDimension? result = null;
        run.WithProgress("measuring", report => result = measure(new InlineProgress<double>(report)));
        Write(run, path, images.Name, result!);
        return ExitCode.Success;
    }

    // Every protocol ends in the same result: a new one is a new word of --protocol, chosen here.
    private Func<IProgress<double>, BitsPerDimension> Protocol(Invocation run, DenoiserFile model, IImageDataset images)
    {
        var isBound = run.Get(_protocol) == "vlb";
        if ((isBound ? [_probes, _exact, _dequantisation, .. _flow.OfOde] : _bound.All).FirstOrDefault(run.Has) is { } other)
        {
            throw new InvalidInputException($"{other.Name}: belongs to --protocol {(isBound ? "ode" : "vlb")}");
        }

        if (!isBound)
        {
            run.RequireRead(!run.Get(_exact), "the Hutchinson trace; leave --exact out", _probes);
            var likelihood = new OdeLikelihood(model.Denoiser, OdeOptions(run));
            return progress => likelihood.Measure(images, progress, run.Cancellation);
        }

        var options = _bound.Create(run, model) with { Seed = run.Get(_data.Seed), Batch = _flow.Batch(run) };
        var bound = new VariationalLikelihood(model.Denoiser, options);
        if (!run.Json)
        {
            if (_bound.Assumption(run, model.Denoiser) is { } assumption)
            {
                run.Errors.WritePlainLine(assumption);
            }

            run.Errors.WriteLine($"{images.Count} images at {options.Nfe} NFE: {(long)images.Count * options.Nfe} evaluations");
        }

        return progress => bound.Measure(images, progress, run.Cancellation);
    }

    private OdeLikelihoodOptions OdeOptions(Invocation run) => new()
    {
        Flow = _flow.Create(run),
        Trace = run.Get(_exact) ? TraceKind.Exact : TraceKind.Hutchinson,
        Probes = run.Get(_probes),
        Dequantisation = Enum.Parse<Dequantisation>(run.Get(_dequantisation)!, ignoreCase: true),
        Seed = run.Get(_data.Seed),
    };

    private static void Write(Invocation run, string network, string data, BitsPerDimension result)
    {
        if (!run.Json)
        {
            run.WriteLine(result.ToString());
            return;
        }

        run.WriteJson(new
        {
            Network = network,
            Data = data,
            result.Protocol,
            result.Description,
            N = result.Count,
            result.Seed,
            BitsPerDim = result.Mean,
            result.StandardError,
            result.Terms,
            result.Nfe,
            result.VectorJacobianProducts,
            result.Seconds,
            result.Values,
            result.Curve,
        });
    }
}
