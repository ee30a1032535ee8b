using DiffuSharp.Data;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Recipes;
using DiffuSharp.Torch;

namespace DiffuSharp.Search.Verifiers;

/// <summary>The inception score as an oracle: what an image adds to it.</summary>
[Recipe("is", Source = "Ma et al. 2025")]
public sealed record InceptionRecipe : VerifierRecipe
{
    /// <summary>The feature network; a classifier where none is named.</summary>
    [RecipeOption(Positional = true, File = true)]
    public string? File { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Files(VerifierContext context) => [OrClassifier(File, context)];

    /// <inheritdoc/>
    public override IVerifier Open(VerifierContext context) => new InceptionOracle(FeatureExtractor.Open(OrClassifier(File, context), context.Device));
}

/// <summary>
/// The oracle for the inception score (Ma et al. 2025): the class probability of the metric's own network on 8-bit pixels. It knows the metric, so it is an upper bound of what
/// search can do for it, and no method.
/// </summary>
/// <param name="network">The metric's network; must give logits; disposed of with the verifier.</param>
/// <param name="score">The wanted class's log-probability, or the confidence where the model has no classes.</param>
public sealed class InceptionOracle(IFeatureExtractor network, ClassScore score = ClassScore.LogProbability) : IVerifier, IDisposable
{
    /// <inheritdoc/>
    public string Name => $"is:{network.Protocol.Name}";

    /// <inheritdoc/>
    /// <exception cref="InvalidInputException">The network gives no logits.</exception>
    public Tensor Score(VerifierBatch batch)
    {
        using var scope = torch.NewDisposeScope();
        var logits = network.Extract(PixelTensor.ToBytes(batch.Images)).Logits
            ?? throw new InvalidInputException($"verifier {Name}: this network gives no logits; use one that does");
        return ClassScores.Of(logits, batch.Classes, score, Name).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the network.</summary>
    public void Dispose() => network.Dispose();
}
