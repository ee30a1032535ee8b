using DiffuSharp.Torch;

namespace DiffuSharp.Tuning.Losses;

/// <summary>A weighted sum of losses.</summary>
public sealed class WeightedLoss : ISampleLoss
{
    private readonly IReadOnlyList<(ISampleLoss Loss, double Weight)> _terms;

    /// <summary>Keeps the terms.</summary>
    /// <param name="terms">At least one, weights positive.</param>
    /// <exception cref="InvalidInputException">There is none, or a weight is not positive.</exception>
    public WeightedLoss(params IReadOnlyList<(ISampleLoss Loss, double Weight)> terms)
    {
        if (terms.Count == 0 || terms.Any(term => !(term.Weight > 0 && double.IsFinite(term.Weight))))
        {
            throw new InvalidInputException("a sum of losses needs at least one, and positive weights");
        }

        _terms = terms;
    }

    /// <inheritdoc/>
    public string Name => Sum(loss => loss.Name);

    /// <inheritdoc/>
    public string Identity => Sum(loss => loss.Identity);

    /// <inheritdoc/>
    public SampleLossResult Evaluate(SampleBatch batch, CancellationToken cancellation = default)
    {
        using var scope = torch.NewDisposeScope();
        var gradient = torch.zeros_like(batch.Samples);
        var parts = new List<LossPart>();
        double value = 0;
        foreach (var (loss, weight) in _terms)
        {
            var result = loss.Evaluate(batch, cancellation);
            gradient.add_(result.Gradient, weight);
            value += weight * result.Value;
            parts.AddRange(result.Parts);
        }

        return new SampleLossResult(value, gradient.MoveToOuterDisposeScope(), parts);
    }

    private string Sum(Func<ISampleLoss, string> word) =>
        string.Join('+', _terms.Select(term => term.Weight == 1 ? word(term.Loss) : $"{term.Weight:R}*{word(term.Loss)}"));
}
