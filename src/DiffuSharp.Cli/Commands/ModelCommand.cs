using System.CommandLine;
using DiffuSharp.Cli.Output;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Denoising;
using DiffuSharp.Denoising.Scripting;
using DiffuSharp.Networks;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp model info</c>: what a model file holds.</summary>
internal static class ModelCommand
{
    public static Command Create()
    {
        var file = new Argument<string?>("FILE")
        {
            Description = "Model file [the shipped one]; torchscript:FILE runs a TorchScript module.", Arity = ArgumentArity.ZeroOrOne,
        };
        var info = new Verb("info", "Load a model file and say what it is.")
        {
            Examples = ["diffusharp model info", "diffusharp model info model.safetensors --json"],
        };
        info.Add(file);
        info.Add(CommonOptions.Json);
        info.Runs(run => Info(run, ShippedModel.Or(run.Get(file))));
        return new Command("model", "Look into model files, and make them of other programs' models.") { info, ModelCardCommand.Create(), ModelImportCommand.Create() };
    }

    private static int Info(Invocation run, string path)
    {
        if (ScriptName.Is(path))
        {
            return Script(run, ScriptName.FileOf(path));
        }

        using var model = ModelFile.Load(path);
        var description = model.Description;
        var parameters = model.Network.parameters().Sum(p => p.numel());
        var bytes = new FileInfo(path).Length;
        if (run.Json)
        {
            run.WriteJson(new
            {
                File = path,
                Bytes = bytes,
                Parameters = parameters,
                description.Network,
                description.Preconditioning,
                description.Preconditioning.SigmaMin,
                description.Preconditioning.SigmaMax,
                WeightsSha256 = WeightHash.Sha256(path),
                description.ClipDenoised,
                description.ClipLimit,
                description.LabelNames,
                description.Dataset,
                description.TrainingKimg,
                description.EmaHalflifeKimg,
                description.Metrics,
            });
            return ExitCode.Success;
        }

        run.Console.WriteFacts(
        [
            ("file", $"{path}, {bytes / 1e6:0.00} MB"),
            ("network", $"{description.Network.GetType().Name.Replace("Options", "", StringComparison.Ordinal)}, {parameters / 1e6:0.00} M parameters"),
            ("images", description.Network.Shape.ToString()),
            ("classes", description.Network.LabelDim == 0 ? "none" : $"{description.Network.LabelDim}"),
            .. PreconditioningFacts.Of(description.Preconditioning),
            .. Known("clipping", description.ClipDenoised ? $"its own scheduler limits predicted images to {description.ClipLimit ?? new ImageLimit()}: {(description.ClipLimit ?? new ImageLimit()).Flags}" : null),
            ("weights", $"SHA-256 {WeightHash.Sha256(path)}"),
            .. Known("class names", description.LabelNames is { } names ? string.Join(", ", names) : null),
            .. Known("trained on", description.Dataset),
            .. Known("images seen", description.TrainingKimg is { } kimg ? $"{kimg:0.###} thousand" : null),
            .. Known("EMA half-life", description.EmaHalflifeKimg is { } ema ? $"{ema:0.###} thousand images" : null),
            .. (description.Metrics ?? new Dictionary<string, string>()).Select(m => (m.Key, m.Value)),
        ]);
        return ExitCode.Success;
    }

    private static int Script(Invocation run, string path)
    {
        using var script = ScriptDenoiser.Load(path);
        var signature = script.Signature;
        var bytes = new FileInfo(path).Length;
        if (run.Json)
        {
            run.WriteJson(new
            {
                File = path,
                Bytes = bytes,
                Network = signature,
                signature.Preconditioning,
                signature.Preconditioning.SigmaMin,
                signature.Preconditioning.SigmaMax,
                WeightsSha256 = WeightHash.Sha256(path),
            });
            return ExitCode.Success;
        }

        run.Console.WriteFacts(
        [
            ("file", $"{path}, {bytes / 1e6:0.00} MB"),
            ("network", "TorchScript"),
            ("images", script.Shape.ToString()),
            ("classes", script.LabelDim == 0 ? "none" : $"{script.LabelDim}"),
            .. PreconditioningFacts.Of(signature.Preconditioning),
            ("weights", $"SHA-256 {WeightHash.Sha256(path)}"),
        ]);
        return ExitCode.Success;
    }

    private static IEnumerable<(string Name, string Value)> Known(string name, string? value) => value is null ? [] : [(name, value)];
}
