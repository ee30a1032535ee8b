using System.CommandLine;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Torch;

namespace DiffuSharp.Cli.Parsing;

/// <summary>Which features are measured: a TorchScript network with a declared protocol, a classifier, or the shipped classifier.</summary>
internal sealed class FeatureFlags
{
    private const string ShippedClassifier = "models/fashion-mnist-classifier.safetensors";

    private readonly Option<string?> _features = new("--features")
    {
        Description = "Feature network: NAME.pt with its protocol in NAME.json, or a file of 'classifier train' [the shipped classifier].",
        HelpName = "FILE",
    };

    public void AddTo(Command command) => command.Add(_features);

    /// <summary>Loads the network.</summary>
    /// <exception cref="InvalidInputException">None is named and none is shipped.</exception>
    /// <exception cref="InvalidDataException">The file is none.</exception>
    public IFeatureExtractor Open(Invocation run, Device device) => OpenIfAny(run, device) ?? throw new InvalidInputException(
        $"no feature network: {ShippedClassifier} is not there; train one with 'diffusharp classifier train' or name one with --features");

    /// <summary>Loads the network; null if none is named and none is shipped.</summary>
    /// <exception cref="InvalidDataException">The file is none.</exception>
    public IFeatureExtractor? OpenIfAny(Invocation run, Device device) =>
        (run.Get(_features) ?? ShippedModel.Find(ShippedClassifier, folder: null)) is { } path ? Load(path, device) : null;

    /// <summary>Loads a network by its name.</summary>
    /// <exception cref="InvalidDataException">The file is none.</exception>
    public static IFeatureExtractor Load(string path, Device device) =>
        Path.GetExtension(path).Equals(".safetensors", StringComparison.OrdinalIgnoreCase)
            ? ClassifierFeatureExtractor.Open(path, device)
            : ScriptFeatureExtractor.Open(path, device);
}
