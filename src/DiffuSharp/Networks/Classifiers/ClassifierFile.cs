using DiffuSharp.Torch;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Networks.Classifiers;

/// <summary>A classifier as one <c>.safetensors</c> file: weights, and in the metadata what it is and how good.</summary>
public static class ClassifierFile
{
    private const string DescriptionKey = "diffusharp.classifier";

    /// <summary>Writes a classifier atomically.</summary>
    public static void Save(string path, ClassifierModel model)
    {
        using var scope = torch.NewDisposeScope();
        using var mode = torch.no_grad();
        SafetensorsWriter.Write(
            path,
            model.Network.state_dict().Select(w => w.Value.ToSafetensors(w.Name)),
            new Dictionary<string, string> { [DescriptionKey] = model.Description.ToJson() });
    }

    /// <summary>Reads a classifier, ready to run: on the device, in evaluation mode, without gradients.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no classifier, or the weights do not fit; one line.</exception>
    public static ClassifierModel Load(string path, Device? device = null)
    {
        using var scope = torch.NewDisposeScope();
        using var file = SafetensorsFile.Open(path);
        if (file.Metadata.GetValueOrDefault(DescriptionKey) is not { } text)
        {
            throw new InvalidDataException($"{path}: holds no DiffuSharp classifier; name a file that 'classifier train' wrote");
        }

        Classifier? network = null;
        try
        {
            var description = ClassifierDescription.FromJson(text);
            network = Classifier.Create(description.Network);
            network.load_state_dict(file.ReadTensors());
            network.requires_grad_(false);
            network.eval();
            network.to(device ?? Device.CPU);
            return new ClassifierModel(description, network);
        }
        catch (InvalidDataException error)
        {
            network?.Dispose();
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
    }
}
