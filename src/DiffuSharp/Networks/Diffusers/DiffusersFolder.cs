using DiffuSharp.Torch;

namespace DiffuSharp.Networks.Diffusers;

/// <summary>
/// A model in the layout of the diffusers library: <c>config.json</c> and <c>diffusion_pytorch_model.safetensors</c> (or
/// <c>.bin</c>) in one folder, or in <c>unet/</c> of a pipeline's folder; <c>scheduler_config.json</c> beside them or in
/// <c>scheduler/</c>.
/// </summary>
public sealed class DiffusersFolder
{
    private const string ConfigName = "config.json";
    private const string WeightsName = "diffusion_pytorch_model";
    private const string SchedulerName = "scheduler_config.json";

    private readonly string _folder;
    private readonly string _unet;

    /// <summary>Finds the parts.</summary>
    /// <param name="folder">The model's or the pipeline's folder.</param>
    /// <exception cref="FileNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">There is no <c>config.json</c>, it is not valid, or asks for what is not supported; one line.</exception>
    public DiffusersFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new FileNotFoundException($"{folder}: no such folder; check the name", folder);
        }

        _folder = folder;
        var inner = Path.Combine(folder, "unet");
        _unet = File.Exists(Path.Combine(inner, ConfigName)) ? inner : folder;
        var config = Path.Combine(_unet, ConfigName);
        if (!File.Exists(config))
        {
            throw new InvalidDataException(
                $"{folder}: has neither {ConfigName} nor unet/{ConfigName}; name the folder of a UNet2DModel or of its pipeline");
        }

        (Options, OutputFactor) = UNet2DModelConfig.Read(config);
    }

    /// <summary>The network's options.</summary>
    public UNet2DModelOptions Options { get; }

    /// <summary>Channels of the output for each channel of the image: 2 where variances are learned.</summary>
    public int OutputFactor { get; }

    /// <summary>The scheduler's configuration; null if there is none.</summary>
    public string? SchedulerFile => new[]
    {
        Path.Combine(_unet, SchedulerName), Path.Combine(_folder, SchedulerName), Path.Combine(_folder, "scheduler", SchedulerName),
    }.FirstOrDefault(File.Exists);

    /// <summary>Reads the weights, under the library's present names, into a network of <see cref="Options"/>.</summary>
    /// <param name="network">The network.</param>
    /// <exception cref="InvalidDataException">There are no weights, or they are damaged or do not fit; one line with the differing names.</exception>
    public void LoadInto(UNet network)
    {
        using var scope = torch.NewDisposeScope();
        var file = Path.Combine(_unet, $"{WeightsName}.safetensors");
        var pickle = Path.Combine(_unet, $"{WeightsName}.bin");
        if (!File.Exists(file) && !File.Exists(pickle))
        {
            throw new InvalidDataException($"{_unet}: has no {WeightsName}.safetensors; put the weights there in a single file");
        }

        file = File.Exists(file) ? file : pickle;
        try
        {
            network.load_state_dict(WeightFile.Read(file).ToDictionary(w => AttentionNames.Present(w.Key), w => w.Value));
        }
        catch (InvalidDataException error) when (!error.Message.StartsWith(file, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{file}: {error.Message}", error);
        }
    }
}
