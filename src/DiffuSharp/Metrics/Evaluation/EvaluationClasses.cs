using DiffuSharp.Metrics.Features;

namespace DiffuSharp.Metrics.Evaluation;

/// <summary>The classes of measured images as those of the classifier that judges them, and as those of the reference.</summary>
public sealed class EvaluationClasses
{
    private EvaluationClasses()
    {
    }

    /// <summary>For the accuracy; null where it is not asked for.</summary>
    public ClassMap? ToClassifier { get; private init; }

    /// <summary>For each class of the reference that of the images, -1 where they lack it; null where distances within classes are not asked for.</summary>
    public IReadOnlyList<int>? OfReference { get; private init; }

    /// <summary>What is to be said of the distances; null for nothing.</summary>
    public string? ReferenceRemark { get; private init; }

    /// <summary>Matches the classes that the metrics compare.</summary>
    /// <param name="options">The metrics.</param>
    /// <param name="protocol">The features.</param>
    /// <param name="logits">Names of the classes of the feature network; null where unknown.</param>
    /// <param name="images">The classes of the images; null for none.</param>
    /// <param name="reference">The reference; null for none.</param>
    /// <exception cref="InvalidInputException">They are others; one line names one.</exception>
    public static EvaluationClasses Match(
        EvaluationOptions options, FeatureProtocol protocol, IReadOnlyList<string>? logits, ClassList? images, ReferenceStatistics? reference)
    {
        var toClassifier = images is not null && options.Metrics.Any(metric => metric is { NeedsClasses: true, NeedsLogits: true })
            ? ClassMap.Match(images, new ClassList("the classifier", protocol.LogitsDim, logits))
            : null;
        if (images is null || reference is null || !options.Metrics.Any(metric => metric.NeedsClassStatistics))
        {
            return new() { ToClassifier = toClassifier };
        }

        // The smaller set is looked up in the larger one.
        var known = new ClassList("the reference", reference.ClassStatistics.Count, reference.ClassNames);
        if (images.Count >= known.Count)
        {
            var map = ClassMap.Match(known, images);
            return new() { ToClassifier = toClassifier, OfReference = [.. Enumerable.Range(0, known.Count).Select(k => map[k])], ReferenceRemark = map.Remark };
        }

        var inverse = ClassMap.Match(images, known);
        var found = Enumerable.Repeat(-1, known.Count).ToArray();
        for (var k = 0; k < images.Count; k++)
        {
            found[inverse[k]] = k;
        }

        return new() { ToClassifier = toClassifier, OfReference = found, ReferenceRemark = inverse.Remark };
    }
}
