using DiffuSharp.Torch;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Networks;

/// <summary>
/// A model as one <c>.safetensors</c> file: weights under <c>model.</c> with their published names, and in the metadata
/// everything needed to run it.
/// </summary>
public static class ModelFile
{
    private const string FormatKey = "diffusharp.format";
    private const string FormatVersion = "1";
    private const string DescriptionKey = "diffusharp.model";
    private const string WeightPrefix = "model.";

    /// <summary>Writes a model atomically.</summary>
    /// <param name="path">Where.</param>
    /// <param name="description">What it is.</param>
    /// <param name="weights">State dict of the network.</param>
    /// <param name="type">Type in which floating-point weights are stored.</param>
    public static void Save(
        string path, ModelDescription description, IEnumerable<(string Name, Tensor Value)> weights, ScalarType type = ScalarType.Float32)
    {
        using var scope = torch.NewDisposeScope();
        using var mode = torch.no_grad();
        var tensors = weights.Select(w => w.Value.to(type).ToSafetensors(WeightPrefix + w.Name)).ToList();
        var metadata = new Dictionary<string, string>
        {
            [FormatKey] = FormatVersion,
            [DescriptionKey] = description.ToJson(),
        };
        SafetensorsWriter.Write(path, tensors, metadata);
    }

    /// <summary>Reads what a model is, without its weights.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no model file; one line.</exception>
    public static ModelDescription ReadDescription(string path)
    {
        using var file = SafetensorsFile.Open(path);
        return Describe(file);
    }

    /// <summary>Reads a model, ready to run: on the device, in evaluation mode, float32, without gradients.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no model file, or the weights do not fit; one line.</exception>
    public static DiffusionModel Load(string path, Device? device = null)
    {
        using var scope = torch.NewDisposeScope();
        using var file = SafetensorsFile.Open(path);
        var model = new DiffusionModel(Describe(file));
        try
        {
            model.Network.load_state_dict(file.ReadTensors(WeightPrefix));
        }
        catch (InvalidDataException error)
        {
            model.Dispose();
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }

        model.Network.requires_grad_(false);
        model.Network.eval();
        model.To(device ?? Device.CPU);
        return model;
    }

    /// <summary>Writes another description into a model file, atomically; the weights stay as they are, bit for bit.</summary>
    /// <param name="path">A model file.</param>
    /// <param name="description">The same network with, for example, other metrics.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no model file; one line.</exception>
    public static void WriteDescription(string path, ModelDescription description)
    {
        Dictionary<string, string> metadata;
        List<SafetensorsTensor> tensors;
        using (var file = SafetensorsFile.Open(path))
        {
            _ = Describe(file);
            metadata = new Dictionary<string, string>(file.Metadata, StringComparer.Ordinal) { [DescriptionKey] = description.ToJson() };
            tensors = [.. file.Entries.Select(entry =>
            {
                var data = new byte[entry.ByteLength];
                file.Read(entry, data);
                return new SafetensorsTensor(entry.Name, entry.Type, entry.Shape, data);
            })];
        }

        SafetensorsWriter.Write(path, tensors, metadata);
    }

    private static ModelDescription Describe(SafetensorsFile file)
    {
        if (file.Metadata.GetValueOrDefault(FormatKey) is not { } version
            || file.Metadata.GetValueOrDefault(DescriptionKey) is not { } description)
        {
            throw new InvalidDataException($"{file.Path}: holds weights but no DiffuSharp model description; name a file that 'train' wrote, or make one of them with 'diffusharp model import'");
        }

        if (version != FormatVersion)
        {
            throw new InvalidDataException($"{file.Path}: format version {version} is not known; this program reads version {FormatVersion}");
        }

        try
        {
            return ModelDescription.FromJson(description);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{file.Path}: {error.Message}", error);
        }
    }
}
