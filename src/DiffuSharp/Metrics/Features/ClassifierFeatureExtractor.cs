using DiffuSharp.Metrics.Resizing;
using DiffuSharp.Networks.Classifiers;
using DiffuSharp.Torch;

namespace DiffuSharp.Metrics.Features;

/// <summary>Features and logits of a classifier that <c>classifier train</c> wrote.</summary>
public sealed class ClassifierFeatureExtractor : IFeatureExtractor
{
    private const double HalfRange = 127.5;

    private readonly ClassifierModel _model;

    private ClassifierFeatureExtractor(ClassifierModel model, string hash, ResizeRule resize)
    {
        _model = model;
        var options = model.Network.Options;
        double[] half = [.. Enumerable.Repeat(HalfRange, options.ImgChannels)];
        Protocol = new FeatureProtocol
        {
            Name = $"{model.Description.Dataset ?? "unnamed"}-classifier/{options.Architecture}",
            Channels = options.ImgChannels,
            Height = options.ImgHeight,
            Width = options.ImgWidth,
            Resize = resize,
            Mean = half,
            Std = half,
            Layer = "penultimate",
            FeatureDim = options.FeatureDim,
            LogitsDim = options.LabelDim,
            Sha256 = hash,
        };
    }

    /// <inheritdoc/>
    public FeatureProtocol Protocol { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string>? ClassNames => _model.Description.LabelNames;

    /// <summary>Loads a classifier file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="device">Where it runs; the CPU by default.</param>
    /// <param name="resize">How images of another size become those of the classifier; by default they are refused.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no classifier; one line.</exception>
    public static ClassifierFeatureExtractor Open(string path, Device? device = null, ResizeRule resize = ResizeRule.None) =>
        new(ClassifierFile.Load(path, device), FileHash.Sha256(path), resize);

    /// <inheritdoc/>
    public FeatureBatch Extract(Tensor pixels)
    {
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var output = _model.Network.Forward(FeatureInput.Prepare(Protocol, pixels, _model.Network.Device));
        return new FeatureBatch(
            output.Features.to(Device.CPU, ScalarType.Float32).MoveToOuterDisposeScope(),
            output.Logits.to(Device.CPU, ScalarType.Float32).MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public Tensor Features(Tensor images)
    {
        using var scope = torch.NewDisposeScope();
        var input = FeatureInput.Differentiable(Protocol, images, _model.Network.Device);
        return _model.Network.Forward(input).Features.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();
}
