using System.CommandLine;
using DiffuSharp.Cli.Output;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Likelihood;
using DiffuSharp.Networks;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp encode</c>: images to latents by the probability-flow ODE.</summary>
internal sealed class EncodeCommand
{
    private readonly Option<string> _out = new("--out", "--dest") { Description = "File for the latents.", HelpName = "FILE.npz", DefaultValueFactory = _ => "latents.npz" };
    private readonly DataFlags _data = new();
    private readonly FlowFlags _flow = new();

    public static Command Create()
    {
        var options = new EncodeCommand();
        var command = new Verb("encode", "Map images to latents, from which 'decode' makes them again.")
        {
            Examples = ["diffusharp encode --num 16 --out latents.npz", "diffusharp encode --data images.zip --steps 128"],
        };
        command.Add(CommonOptions.Network);
        command.Add(options._out);
        options._data.AddTo(command);
        options._flow.AddTo(command);
        command.AddAll(CommonOptions.Device, CommonOptions.Threads, CommonOptions.Json);

        command.Runs(options.Run);
        return command;
    }

    private int Run(Invocation run)
    {
        using var hold = run.Hold(_out);
        var path = CommonOptions.NetworkPath(run);
        using var model = DenoiserFile.Load(path, CommonOptions.OpenDevice(run));
        using var images = _data.Open(run, model);
        var flow = new ProbabilityFlow(model.Denoiser, _flow.Create(run));
        LatentsFile? result = null;
        run.WithProgress("encoding", report => result = flow.Encode(images, new InlineProgress<double>(report), run.Cancellation));
        var file = run.Get(_out)!;
        result!.Save(file);
        LatentsReport.Write(run, path, file, result.Count, model.Denoiser);
        return ExitCode.Success;
    }
}
