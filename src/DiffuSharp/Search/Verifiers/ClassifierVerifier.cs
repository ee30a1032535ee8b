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
        var model = ClassifierFile.Load(path, context.Device);
        try
        {
            var classes = Score == ClassScore.Confidence
                ? null
                : context.Match(new ClassList($"the classifier {path}", model.Network.Options.LabelDim, model.Description.LabelNames));
            return new ClassifierVerifier(model, $"{RecipeAliases.Usual(this).Name}:{path}", Score, classes);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }
}

/// <summary>The wanted class's logit or log-probability by a classifier that <c>classifier train</c> wrote (the supervised verifier of Ma et al. 2025).</summary>
public sealed class ClassifierVerifier : IVerifier, IDisposable
{
    private readonly ClassifierModel _model;
    private readonly ClassScore _score;
    private readonly ClassMap? _classes;

    /// <summary>Takes over a classifier.</summary>
    /// <param name="model">The classifier.</param>
    /// <param name="name">Name for the ledger.</param>
    /// <param name="score">What is taken of its output.</param>
    /// <param name="classes">The wanted classes as the classifier's; null where they are the same.</param>
    public ClassifierVerifier(ClassifierModel model, string name = "classifier", ClassScore score = ClassScore.LogProbability, ClassMap? classes = null) =>
        (_model, Name, _score, _classes) = (model, name, score, classes);

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

        var wanted = batch.Classes is { } classes && _classes is not null ? _classes.Apply(classes) : batch.Classes;
        return ClassScores.Of(_model.Network.Forward(images).Logits, wanted, _score, Name).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose() => _model.Dispose();
}
