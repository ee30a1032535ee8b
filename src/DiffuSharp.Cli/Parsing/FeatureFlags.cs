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
    public IFeatureExtractor Open(Invocation run, Device device) => Load(
        run.Get(_features) ?? Shipped ?? throw new InvalidInputException(
            $"no feature network: {ShippedClassifier} is not there; train one with 'diffusharp classifier train' or name one with --features"),
        device);

    /// <summary>Loads the network that is named, or the shipped one if it was made for images of this size; else null.</summary>
    /// <exception cref="InvalidDataException">The file is none.</exception>
    public IFeatureExtractor? OpenIfSuited(Invocation run, Device device, ImageShape shape)
    {
        if (run.Has(_features) || Shipped is not { } path)
        {
            return run.Has(_features) ? Open(run, device) : null;
        }

        var shipped = Load(path, device);
        if (shipped.Protocol.Channels == shape.Channels && shipped.Protocol.Height == shape.Height && shipped.Protocol.Width == shape.Width)
        {
            return shipped;
        }

        shipped.Dispose();
        return null;
    }

    /// <summary>Loads a network by its name.</summary>
    /// <exception cref="InvalidDataException">The file is none.</exception>
    public static IFeatureExtractor Load(string path, Device device) =>
        Path.GetExtension(path).Equals(".safetensors", StringComparison.OrdinalIgnoreCase)
            ? ClassifierFeatureExtractor.Open(path, device)
            : ScriptFeatureExtractor.Open(path, device);

    private static string? Shipped => ShippedModel.Find(ShippedClassifier, folder: null);
}
