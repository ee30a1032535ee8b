using DiffuSharp.Torch;

namespace DiffuSharp.Search.Verifiers;

/// <summary>Scores from logits.</summary>
internal static class ClassScores
{
    /// <summary>One score for each image; differentiable.</summary>
    /// <param name="logits">[N, classes].</param>
    /// <param name="classes">The wanted classes.</param>
    /// <param name="score">What is taken.</param>
    /// <param name="name">The verifier's name, for the message.</param>
    /// <exception cref="InvalidInputException">There is no wanted class, or the logits do not reach it.</exception>
    public static Tensor Of(Tensor logits, long[]? classes, ClassScore score, string name)
    {
        using var scope = torch.NewDisposeScope();
        if (score == ClassScore.Confidence)
        {
            return logits.log_softmax(1).amax(1).flatten().MoveToOuterDisposeScope();
        }

        if (classes is null)
        {
            throw new InvalidInputException($"verifier {name}: the model has no classes; use the confidence, which needs none");
        }

        if (classes.Max() >= logits.size(1))
        {
            throw new InvalidInputException($"verifier {name}: knows {logits.size(1)} classes, but class {classes.Max()} is wanted");
        }

        var wanted = torch.nn.functional.one_hot(torch.tensor(classes), logits.size(1)).to(logits.device, logits.dtype);
        var values = score == ClassScore.Logit ? logits : logits.log_softmax(1);
        return (values * wanted).sum([1]).MoveToOuterDisposeScope();
    }
}
