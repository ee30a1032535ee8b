using System.CommandLine;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Metrics.Resizing;
using DiffuSharp.Torch;

namespace DiffuSharp.Cli.Parsing;

/// <summary>Which features are measured, and against what: by default the shipped classifier and its reference, for Fashion-MNIST.</summary>
internal sealed class FeatureFlags
{
    private const string ShippedClassifier = "models/fashion-mnist-classifier.safetensors";
    private const string ShippedReference = "models/fashion-mnist-reference.npz";

    private readonly Option<string?> _features = new("--features")
    {
        Description = "Feature network: NAME.pt with its protocol in NAME.pt.json, or a file of 'classifier train' [the shipped classifier].",
        HelpName = "FILE",
    };

    private readonly Option<string> _resize = Flag.Choice(
        "--resize", "How a classifier gets images of another size; a protocol of its own.", "none", "none", "tf1-bilinear", "half-pixel-bilinear", "clean-bicubic");

    private readonly Option<string?> _reference = new("--ref")
    {
        Description = "Reference statistics: a file of 'evaluate ref', or of EDM or ADM [the shipped one, if it is of the same features].", HelpName = "NPZ",
    };

    /// <summary>The two files, without the rule of resizing.</summary>
    public IReadOnlyList<Option> All => [_features, _reference];

    public void AddTo(Command command, bool reference)
    {
        command.Add(_features);
        command.Add(_resize);
        if (reference)
        {
            command.Add(_reference);
        }
    }

    /// <summary>Loads the feature network.</summary>
    /// <exception cref="InvalidInputException">None is named and none is shipped.</exception>
    /// <exception cref="InvalidDataException">The file is none.</exception>
    public IFeatureExtractor Open(Invocation run, Device device) => FeatureExtractor.Open(
        FeaturesPath(run), device, Enum.Parse<ResizeRule>(run.Get(_resize)!.Replace("-", "", StringComparison.Ordinal), ignoreCase: true));

    /// <summary>The file of the feature network.</summary>
    /// <exception cref="InvalidInputException">None is named and none is shipped.</exception>
    public string FeaturesPath(Invocation run) =>
        run.Get(_features) ?? ShippedModel.Find(ShippedClassifier, folder: null) ?? throw new InvalidInputException(
            $"no feature network: {ShippedClassifier} is not there; train one with 'diffusharp classifier train' or name one with --features");

    /// <summary>The reference that is named, else the shipped one if it is there and of the same features; null for none.</summary>
    /// <exception cref="InvalidDataException">The file is none.</exception>
    public ReferenceStatistics? OpenReference(Invocation run, FeatureProtocol protocol) => OpenReference(run.Get(_reference), protocol);

    /// <summary>The same for a file that is named, or null.</summary>
    public static ReferenceStatistics? OpenReference(string? named, FeatureProtocol protocol)
    {
        if ((named ?? ShippedModel.Find(ShippedReference, folder: null)) is not { } path)
        {
            return null;
        }

        var reference = ReferenceFile.Read(path);
        if (named is not null || reference.Protocol?.IsSameAs(protocol) == true)
        {
            return reference;
        }

        reference.Dispose();
        return null;
    }

    /// <summary>The file of the reference: that named, else for the shipped features the shipped one; null for none.</summary>
    public string? ReferencePath(Invocation run) =>
        run.Get(_reference) ?? (run.Has(_features) ? null : ShippedModel.Find(ShippedReference, folder: null));

    /// <summary>Loads the network that is named, or the shipped one if it was made for images of this size; else null.</summary>
    /// <exception cref="InvalidDataException">The file is none.</exception>
    public IFeatureExtractor? OpenIfSuited(Invocation run, Device device, ImageShape shape)
    {
        if (run.Has(_features) || ShippedModel.Find(ShippedClassifier, folder: null) is null)
        {
            return run.Has(_features) ? Open(run, device) : null;
        }

        var shipped = Open(run, device);
        if (shipped.Protocol.Channels == shape.Channels && shipped.Protocol.Height == shape.Height && shipped.Protocol.Width == shape.Width)
        {
            return shipped;
        }

        shipped.Dispose();
        return null;
    }
}
