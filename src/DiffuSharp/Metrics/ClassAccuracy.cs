using DiffuSharp.Torch;

namespace DiffuSharp.Metrics;

/// <summary>Top-1 accuracy of a classifier on images with known classes (Ravuri and Vinyals 2019 measure generators so).</summary>
public static class ClassAccuracy
{
    /// <summary>The accuracy; among equal logits the first counts.</summary>
    /// <param name="logits">[N,C].</param>
    /// <param name="classes">N classes, 0 to C − 1.</param>
    /// <exception cref="InvalidInputException">No images, not as many classes as images, or a class that the logits do not have.</exception>
    public static ClassAccuracyResult Compute(Tensor logits, IReadOnlyList<long> classes)
    {
        var (n, c) = (logits.size(0), (int)logits.size(1));
        if (n == 0 || classes.Count != n)
        {
            throw new InvalidInputException($"class accuracy: {classes.Count} classes for {n} images");
        }

        long[] unknown = [.. classes.Where(k => k < 0 || k >= c)];
        if (unknown.Length > 0)
        {
            throw new InvalidInputException($"class accuracy: an image has class {unknown[0]}, the classifier knows 0 to {c - 1}");
        }

        using var scope = torch.NewDisposeScope();
        FeatureChecks.RequireFinite(logits);
        var seen = logits.argmax(1).ToArray<long>();
        var right = new long[c];
        var total = new long[c];
        for (var i = 0; i < n; i++)
        {
            total[classes[i]]++;
            right[classes[i]] += seen[i] == classes[i] ? 1 : 0;
        }

        return new ClassAccuracyResult((double)right.Sum() / n, [.. right.Zip(total, (r, t) => (double)r / t)], n);
    }
}
