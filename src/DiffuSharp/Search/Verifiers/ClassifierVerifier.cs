using DiffuSharp.Networks.Classifiers;
using DiffuSharp.Recipes;
using DiffuSharp.Torch;

namespace DiffuSharp.Search.Verifiers;

/// <summary>What a classifier says of the wanted class.</summary>
[Recipe("classifier")]
public sealed record ClassifierRecipe : VerifierRecipe
{
    /// <summary>The classifier.</summary>
    [RecipeOption(Positional = true, File = true)]
    public string? File { get; init; }

    /// <summary>Which number of it counts.</summary>
    public ClassScore Score { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Files(VerifierContext context) => [OrClassifier(File, context)];

    /// <inheritdoc/>
    public override IVerifier Open(VerifierContext context)
    {
        var path = OrClassifier(File, context);
        return new ClassifierVerifier(ClassifierFile.Load(path, context.Device), $"{RecipeAliases.Usual(this).Name}:{path}", Score);
    }
}

/// <summary>The wanted class's logit or log-probability by a classifier that <c>classifier train</c> wrote (the supervised verifier of Ma et al. 2025).</summary>
public sealed class ClassifierVerifier : IVerifier, IDisposable
{
    private readonly ClassifierModel _model;
    private readonly ClassScore _score;

    /// <summary>Takes over a classifier.</summary>
    /// <param name="model">The classifier.</param>
    /// <param name="name">Name for the ledger.</param>
    /// <param name="score">What is taken of its output.</param>
    public ClassifierVerifier(ClassifierModel model, string name = "classifier", ClassScore score = ClassScore.LogProbability) =>
        (_model, Name, _score) = (model, name, score);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool IsDifferentiable => true;

    /// <inheritdoc/>
    /// <exception cref="InvalidInputException">The images do not suit the classifier.</exception>
    public Tensor Score(VerifierBatch batch)
    {
        using var scope = torch.NewDisposeScope();
        var options = _model.Network.Options;
        var images = batch.Images.to(_model.Network.Device, ScalarType.Float32);
        if (!images.shape.AsSpan(1).SequenceEqual([options.ImgChannels, options.ImgHeight, options.ImgWidth]))
        {
            throw new InvalidInputException($"verifier {Name}: takes {options.Shape} images, the model makes {images.Describe()}");
        }

        return ClassScores.Of(_model.Network.Forward(images).Logits, batch.Classes, _score, Name).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose() => _model.Dispose();
}
