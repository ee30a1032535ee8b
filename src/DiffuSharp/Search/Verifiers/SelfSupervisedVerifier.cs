using DiffuSharp.Data;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Recipes;
using DiffuSharp.Torch;

namespace DiffuSharp.Search.Verifiers;

/// <summary>The cosine between the features of the predicted clean image and those of the sample.</summary>
[Recipe("self", Source = "Ma et al. 2025")]
public sealed record SelfSupervisedRecipe : VerifierRecipe
{
    /// <summary>The feature network; a classifier where none is named.</summary>
    [RecipeOption(Positional = true, File = true)]
    public string? File { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Files(VerifierContext context) => [OrClassifier(File, context)];

    /// <inheritdoc/>
    public override IVerifier Open(VerifierContext context) => new SelfSupervisedVerifier(FeatureExtractor.Open(OrClassifier(File, context), context.Device));
}

/// <summary>
/// The self-supervised verifier (Ma et al. 2025): cosine similarity of the features of the clean image predicted at σ = 0.4 and of the final sample. The prediction
/// is seen on the way, so it costs no evaluation.
/// </summary>
/// <param name="network">Feature network; disposed of with the verifier.</param>
/// <param name="sigma">The noise level of the prediction.</param>
public sealed class SelfSupervisedVerifier(IFeatureExtractor network, double sigma = 0.4) : IVerifier, IDisposable
{
    /// <inheritdoc/>
    public string Name => $"self:{network.Protocol.Name}@{sigma:R}";

    /// <inheritdoc/>
    public double? ObservedSigma => sigma;

    /// <inheritdoc/>
    public Tensor Score(VerifierBatch batch)
    {
        using var scope = torch.NewDisposeScope();
        var final = Unit(batch.Images);
        var predicted = Unit(batch.Observed ?? throw new InvalidOperationException("no trajectory was observed"));
        return (final * predicted).sum([1]).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the network.</summary>
    public void Dispose() => network.Dispose();

    private Tensor Unit(Tensor images)
    {
        var features = network.Extract(PixelTensor.ToBytes(images)).Features.to(ScalarType.Float64);
        return features / features.square().sum([1], keepdim: true).sqrt().maximum(torch.full([1], 1e-12, ScalarType.Float64));
    }
}
