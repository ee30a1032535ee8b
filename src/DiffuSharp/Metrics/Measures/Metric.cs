using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Recipes;

namespace DiffuSharp.Metrics.Measures;

/// <summary>What is measured of a set of images, by features of a network, alone or against a reference.</summary>
[RecipeKind("metric")]
public abstract record Metric : Recipe
{
    /// <summary>Whether statistics of reference images are needed.</summary>
    public virtual bool NeedsReference => false;

    /// <summary>Whether the features of all images, and of those of the reference if there is one, must be kept.</summary>
    /// <param name="dimension">Number of features.</param>
    public virtual bool NeedsFeatures(int dimension) => false;

    /// <summary>Whether the network must give logits.</summary>
    public virtual bool NeedsLogits => false;

    /// <summary>Whether the class of every image must be known.</summary>
    public virtual bool NeedsClasses => false;

    /// <summary>Whether statistics of each class must be collected.</summary>
    public virtual bool NeedsClassStatistics => false;

    /// <summary>Whether the network must give spatial features.</summary>
    public virtual bool NeedsSpatialFeatures => false;

    /// <summary>The names of all metrics, with commas.</summary>
    public static string Names => string.Join(", ", RecipeCatalog.KindOf(typeof(Metric)).Recipes.Select(recipe => recipe.Name));

    /// <summary>The metrics of a list such as <c>fid+kid:subsets=20</c>; commas do as well.</summary>
    /// <exception cref="InvalidInputException">There is none of a name, an option is out of range, or one stands there twice.</exception>
    public static IReadOnlyList<Metric> ParseList(string text)
    {
        IReadOnlyList<Metric> metrics = [.. RecipeText.SplitList(text).Select(RecipeText.Parse<Metric>)];
        RequireDistinct(metrics);
        return metrics;
    }

    /// <summary>Refuses a metric that is asked for twice, and an empty list.</summary>
    /// <exception cref="InvalidInputException">One stands there twice, or there is none.</exception>
    public static void RequireDistinct(IReadOnlyList<Metric> metrics)
    {
        if (metrics.Count == 0)
        {
            throw new InvalidInputException("metrics: none named");
        }

        if (metrics.GroupBy(metric => metric.Type.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new InvalidInputException($"metrics: '{twice.Key}' stands there twice; name each metric once");
        }
    }

    /// <summary>Measures.</summary>
    /// <exception cref="InvalidInputException">Too few images.</exception>
    public abstract IEnumerable<MetricValue> Measure(MetricInput input);

    /// <summary>The same metric with less work for its error, which repeated measurements show themselves.</summary>
    public virtual Metric WithoutResamples() => this;

    /// <summary>The same metric for fewer images than usual, as training measures on the way.</summary>
    /// <param name="images">Their number.</param>
    public virtual Metric ForFew(int images) => WithoutResamples();

    /// <summary>Why it cannot be measured; null if it can.</summary>
    /// <param name="protocol">The features.</param>
    /// <param name="classes">Whether the images have known classes.</param>
    /// <param name="reference">The reference; null for none.</param>
    public virtual string? WhyNot(FeatureProtocol protocol, bool classes, ReferenceStatistics? reference) => this switch
    {
        { NeedsReference: true } when reference is null => "needs a reference; name one with --ref",
        { NeedsReference: true } when NeedsFeaturesOfReference && reference!.Features is null =>
            "needs features, but the reference holds only mu and sigma; make one with 'evaluate ref'",
        { NeedsLogits: true } when protocol.LogitsDim == 0 => $"needs logits, which {protocol.Name} does not give",
        { NeedsClasses: true } when !classes => "needs to know the class of each image, and these have none",
        { NeedsClassStatistics: true } when reference!.ClassStatistics.Count == 0 => "needs statistics of each class, which the reference does not hold",
        { NeedsSpatialFeatures: true } when protocol.SpatialDim is null => $"needs spatial features, which {protocol.Name} does not give",
        _ => null,
    };

    /// <summary>Whether the single features of the reference are needed, and not their mean and covariance alone.</summary>
    protected virtual bool NeedsFeaturesOfReference => false;
}

/// <summary>What metrics are measured of.</summary>
/// <param name="Images">The images.</param>
/// <param name="Reference">The reference; null for none.</param>
/// <param name="Classes">The classes of the images as those of the classifier and of the reference.</param>
/// <param name="Seed">Seed of subsets, orders and resamples.</param>
/// <param name="Cancellation">Looked at before each costly part.</param>
public sealed record MetricInput(FeatureSet Images, ReferenceStatistics? Reference, EvaluationClasses Classes, ulong Seed, CancellationToken Cancellation)
{
    /// <summary>A number of these images.</summary>
    public MetricValue Value(string name, double value, double? uncertainty, string? kind, long? reference, string note) =>
        new(name, value, uncertainty, kind, Images.Count, reference, note);

    /// <summary>A part of a number of things, with its binomial error.</summary>
    public MetricValue Part(string name, double value, long count, long? reference, string note) =>
        Value(name, value, Math.Sqrt(value * (1 - value) / count), "binomial standard error", reference, note);
}
