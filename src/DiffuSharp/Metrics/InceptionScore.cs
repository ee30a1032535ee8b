using DiffuSharp.Torch;

namespace DiffuSharp.Metrics;

/// <summary>Inception score (Salimans et al. 2016): exp E KL(p(y|x) ‖ p(y)) from a classifier's logits, in float64.</summary>
public static class InceptionScore
{
    /// <summary>The score; split i holds the images [i·N/splits, (i+1)·N/splits).</summary>
    /// <param name="logits">[N,C].</param>
    /// <param name="options">Splits and order.</param>
    /// <exception cref="InvalidInputException">Fewer images than splits, or a logit is NaN.</exception>
    public static InceptionScoreResult Compute(Tensor logits, InceptionScoreOptions options)
    {
        options.Validate(logits.size(0));
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        using var generator = new Generator(options.Seed);
        var n = logits.size(0);
        var ordered = options.Shuffle ? logits.index_select(0, torch.randperm(n, generator)) : logits;
        var log = ordered.to(Device.CPU, ScalarType.Float64).log_softmax(1);
        double[] scores = [.. Enumerable.Range(0, options.Splits).Select(i =>
        {
            var start = i * n / options.Splits;
            return Score(log.narrow(0, start, ((i + 1) * n / options.Splits) - start));
        })];
        if (scores.Any(double.IsNaN))
        {
            throw new InvalidInputException("inception score: the logits hold NaN; check the images and the feature network");
        }

        var mean = scores.Average();
        return new InceptionScoreResult(mean, Math.Sqrt(scores.Average(s => (s - mean) * (s - mean))), options.Splits);
    }

    private static double Score(Tensor log)
    {
        using var scope = torch.NewDisposeScope();
        var p = log.exp();
        var marginal = p.mean([0], keepdim: true).log();
        var terms = torch.where(p.eq(torch.zeros([1], ScalarType.Float64)), torch.zeros([1], ScalarType.Float64), p * (log - marginal));
        return Math.Exp(terms.sum([1]).mean().ToDouble());
    }
}
