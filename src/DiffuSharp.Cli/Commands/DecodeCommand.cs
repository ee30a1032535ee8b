using System.CommandLine;
using DiffuSharp.Cli.Output;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Data;
using DiffuSharp.Denoising;
using DiffuSharp.Likelihood;
using DiffuSharp.Networks;
using DiffuSharp.Sampling;
using DiffuSharp.Torch;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp decode</c>: latents to images by the probability-flow ODE.</summary>
internal sealed class DecodeCommand
{
    private readonly Argument<string> _latents = new("FILE") { Description = "Latents that 'encode' wrote." };
    private readonly Option<string> _outdir = new("--outdir", "--dest") { Description = "Folder for the images.", HelpName = "DIR", DefaultValueFactory = _ => "out" };
    private readonly FlowFlags _flow = new();

    public static Command Create()
    {
        var options = new DecodeCommand();
        var command = new Verb("decode", "Make images from latents; the noise levels are those of the file.")
        {
            Examples = ["diffusharp decode latents.npz --outdir decoded"],
        };
        command.Add(options._latents);
        command.Add(CommonOptions.Network);
        command.Add(options._outdir);
        command.Add(CommonOptions.Overwrite);
        options._flow.AddTo(command, range: false);
        command.AddAll(CommonOptions.Device, CommonOptions.Threads, CommonOptions.Json);

        command.Runs(options.Run);
        return command;
    }

    private int Run(Invocation run)
    {
        using var scope = torch.NewDisposeScope();
        var file = run.Get(_latents)!;
        var latents = LatentsFile.Load(file);
        var path = CommonOptions.NetworkPath(run);
        using var model = DenoiserFile.Load(path, CommonOptions.OpenDevice(run));
        if (latents.Shape != model.Denoiser.Shape || latents.Labels.Length != latents.Count * model.Denoiser.LabelDim)
        {
            throw new InvalidInputException($"{file}: holds latents of another model ({latents.Shape}); name theirs with --network");
        }

        var flow = new ProbabilityFlow(model.Denoiser, _flow.Create(run, latents.Range));
        using var folder = new SampleFolder(run.Get(_outdir)!, subdirs: false, grid: true);
        folder.Prepare(SampleRecord.OfFile(path, "decode", file), run.Get(CommonOptions.Overwrite));
        Tensor? images = null;
        run.WithProgress("decoding", report => images = flow.Decode(
            torch.tensor(latents.Latents, [latents.Count, latents.Shape.Channels, latents.Shape.Height, latents.Shape.Width]),
            Condition(latents), new InlineProgress<double>(report), run.Cancellation));
        folder.Write([.. TensorImages.Of(images!).Select((image, i) => new GeneratedImage(i, Class: null, image))]);
        LatentsReport.Write(run, path, folder.Finish().Outdir, latents.Count, model.Denoiser);
        return ExitCode.Success;
    }

    private static Condition? Condition(LatentsFile latents) =>
        latents.Labels.Length == 0 ? null : new Condition(torch.tensor(latents.Labels, [latents.Count, latents.Labels.Length / latents.Count]));
}
