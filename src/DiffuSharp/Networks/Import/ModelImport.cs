using DiffuSharp.Denoising;
using DiffuSharp.Networks.Diffusers;
using DiffuSharp.Torch;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Networks.Import;

/// <summary>Models of other programs, ready to run and to be saved with <see cref="ModelFile.Save"/>. Nothing in them is executed.</summary>
public static class ModelImport
{
    private const string WrapperPrefix = "model.";

    /// <summary>A UNet2DModel with its scheduler, in the layout of the diffusers library.</summary>
    /// <param name="folder">The model's or the pipeline's folder.</param>
    /// <exception cref="FileNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">A part is missing, not valid or not supported; one line.</exception>
    public static DiffusionModel FromDiffusers(string folder)
    {
        var parts = new DiffusersFolder(folder);
        var scheduler = parts.SchedulerFile ?? throw new InvalidDataException(
            $"{folder}: has no scheduler_config.json, which says what the network predicts and at which noise levels; put it beside config.json");
        var (preconditioning, limit) = SchedulerConfig.Read(scheduler, parts.OutputFactor);
        var description = new ModelDescription
        {
            Network = parts.Options, Preconditioning = preconditioning, ClipDenoised = limit is not null, ClipLimit = limit == new ImageLimit() ? null : limit,
        };
        return Filled(description, parts.LoadInto);
    }

    /// <summary>A network of EDM as <c>tools/export_edm_pickle.py</c> exports it.</summary>
    /// <param name="path">Safetensors with the published parameter names and the configuration in the metadata.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no such file, or its weights do not fit; one line.</exception>
    public static DiffusionModel FromEdm(string path)
    {
        using var scope = torch.NewDisposeScope();
        using var file = SafetensorsFile.Open(path);
        return Filled(EdmConfig.Read(file), network => Load(network, path, file.ReadTensors(WrapperPrefix)));
    }

    /// <summary>Bare weights: safetensors, or a zip file of <c>torch.save</c>.</summary>
    /// <param name="path">The weights, under the published names.</param>
    /// <param name="description">The model that they are of.</param>
    /// <param name="prefix">What precedes the names, such as <c>ema.</c>; other tensors are left alone.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no such file, or the weights do not fit; one line.</exception>
    public static DiffusionModel FromStateDict(string path, ModelDescription description, string prefix = "")
    {
        using var scope = torch.NewDisposeScope();
        return Filled(description, network => Load(network, path, WeightFile.Read(path, prefix)));
    }

    private static void Load(UNet network, string path, Dictionary<string, Tensor> weights)
    {
        try
        {
            network.load_state_dict(weights);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
    }

    private static DiffusionModel Filled(ModelDescription description, Action<UNet> fill)
    {
        var model = new DiffusionModel(description);
        try
        {
            fill(model.Network);
            model.Network.requires_grad_(false);
            model.Network.eval();
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }
}
