using System.CommandLine;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Denoising;
using DiffuSharp.Denoising.Scripting;
using DiffuSharp.Networks;
using DiffuSharp.Networks.Import;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp model import</c>: models of other programs as model files.</summary>
internal sealed class ModelImportCommand
{
    private const string Diffusers = "diffusers";
    private const string Edm = "edm";
    private const string TorchScript = "torchscript";
    private const string StateDict = "state-dict";

    private readonly Argument<string> _source = new("SOURCE") { Description = "Folder (diffusers) or file." };

    private readonly Option<string?> _from = Flag.OptionalChoice("--from", "What the source is.", Diffusers, Edm, TorchScript, StateDict);

    private readonly Option<string?> _dest = new("--dest") { Description = "Model file to write.", HelpName = "FILE.safetensors" };

    private readonly Option<string?> _config = new("--config")
    {
        Description = "JSON description of the model (state-dict) or of the module's signature (torchscript).", HelpName = "FILE.json",
    };

    private readonly Option<string?> _prefix = new("--prefix") { Description = "What precedes the names of the weights (state-dict), such as 'ema.'.", HelpName = "TEXT" };

    public static Verb Create()
    {
        var options = new ModelImportCommand();
        options._from.Required = true;
        var verb = new Verb("import", "Make a model file of another program's model; nothing in it is executed, except the TorchScript that you name.")
        {
            Examples =
            [
                "diffusharp model import ddpm-cifar10-32 --from diffusers --dest ddpm.safetensors",
                "diffusharp model import edm-export.safetensors --from edm --dest edm.safetensors",
                "diffusharp model import checkpoint.pt --from state-dict --config model.json --prefix ema. --dest mine.safetensors",
                "diffusharp model import network.pt --from torchscript --config signature.json",
            ],
        };
        verb.Add(options._source);
        verb.AddAll(options._from, options._dest, options._config, options._prefix, CommonOptions.Overwrite, CommonOptions.Json);

        verb.Runs(options.Run);
        return verb;
    }

    private int Run(Invocation run)
    {
        var (source, from) = (run.Get(_source)!, run.Get(_from)!);
        Require((from is StateDict or TorchScript) == run.Has(_config), $"--config is needed for --from {StateDict} and {TorchScript}, and only there");
        Require(from == StateDict || !run.Has(_prefix), $"--prefix is for --from {StateDict}");
        Require((from == TorchScript) != run.Has(_dest), "--dest names the model file to write; a TorchScript module stays where it is");
        using var hold = run.HoldNew(_dest);
        return from == TorchScript ? Describe(run, source) : Convert(run, source, from);
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidInputException(message);
        }
    }

    private int Convert(Invocation run, string source, string from)
    {
        var dest = run.Get(_dest)!;
        using var model = from switch
        {
            Diffusers => ModelImport.FromDiffusers(source),
            Edm => ModelImport.FromEdm(source),
            _ => ModelImport.FromStateDict(source, Description(run.Get(_config)!), run.Get(_prefix) ?? ""),
        };
        ModelFile.Save(dest, model.Description, model.Network.state_dict());
        Report(run, dest, $"{model.Network.parameters().Sum(p => p.numel()) / 1e6:0.00} M parameters, {model.Description.Network.Shape} images", model.Description);
        return ExitCode.Success;
    }

    // The description is tried before it is put beside the module.
    private int Describe(Invocation run, string source)
    {
        var signature = ScriptSignature.Read(run.Get(_config)!);
        using (var denoiser = new ScriptDenoiser(source, signature))
        {
            denoiser.Check();
        }

        var dest = ScriptDescription.PathOf(source);
        Torch.IO.AtomicFile.Write(dest, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(signature.ToJson() + "\n")));
        Report(run, dest, $"use {ScriptName.Of(source)} wherever a model file is asked for");
        return ExitCode.Success;
    }

    private static ModelDescription Description(string path)
    {
        try
        {
            return ModelDescription.FromJson(File.ReadAllText(path));
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
    }

    private static void Report(Invocation run, string file, string what, ModelDescription? model = null)
    {
        if (run.Json)
        {
            run.WriteJson(new { File = file, ClipDenoised = model?.ClipDenoised ?? false, model?.ClipLimit });
            return;
        }

        run.WriteLine($"{file}: {what}");
        if (model is { ClipDenoised: true })
        {
            var limit = model.ClipLimit ?? new ImageLimit();
            run.WriteLine($"its scheduler limits predicted images to {limit}; give {limit.Flags} when you sample to limit them here (DDIM of that library steps along the unclipped noise)");
        }
    }
}
