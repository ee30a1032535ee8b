using System.Diagnostics;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Metrics.Measures;

namespace DiffuSharp.Metrics.Evaluation;

/// <summary>Measures a set of images against a reference, each number with its spread and its dependence on N.</summary>
public sealed class Evaluator
{
    private readonly FeatureSet _images;
    private readonly ReferenceStatistics? _reference;
    private readonly EvaluationOptions _options;
    private readonly EvaluationClasses _classes;

    /// <summary>Checks that everything asked for can be measured, before anything is.</summary>
    /// <param name="images">The images, collected as <see cref="FeatureCollectorOptions.For"/> says.</param>
    /// <param name="reference">The reference; may be null if no metric needs it.</param>
    /// <param name="options">The metrics.</param>
    /// <exception cref="InvalidInputException">Something is missing or does not fit; one line.</exception>
    public Evaluator(FeatureSet images, ReferenceStatistics? reference, EvaluationOptions options)
    {
        RequirePossible(options, images.Protocol, images.Classes is not null, reference);
        (_images, _reference, _options) = (images, reference, options);
        _classes = EvaluationClasses.Match(options, images.Protocol, images.LogitNames, images.ClassList, reference);
    }

    /// <summary>Checks, before there are any images, that everything asked for can be measured.</summary>
    /// <param name="options">The metrics.</param>
    /// <param name="protocol">The features.</param>
    /// <param name="classes">Whether the images will have known classes.</param>
    /// <param name="reference">The reference; null for none.</param>
    /// <exception cref="InvalidInputException">Something is missing or does not fit; one line.</exception>
    public static void RequirePossible(EvaluationOptions options, FeatureProtocol protocol, bool classes, ReferenceStatistics? reference)
    {
        options.Validate();
        reference?.RequireProtocol(protocol);
        foreach (var metric in options.Metrics)
        {
            if (metric.WhyNot(protocol, classes, reference) is { } problem)
            {
                throw new InvalidInputException($"{metric.Type.Name}: {problem}");
            }
        }
    }

    /// <summary>Checks so before there are any images, and that their classes are known to whatever judges them.</summary>
    /// <param name="options">The metrics.</param>
    /// <param name="extractor">The feature network.</param>
    /// <param name="classes">The classes that the images will have; null for none.</param>
    /// <param name="reference">The reference; null for none.</param>
    /// <exception cref="InvalidInputException">Something is missing or does not fit; one line.</exception>
    public static void RequirePossible(EvaluationOptions options, IFeatureExtractor extractor, ClassList? classes, ReferenceStatistics? reference)
    {
        RequirePossible(options, extractor.Protocol, classes is not null, reference);
        EvaluationClasses.Match(options, extractor.Protocol, extractor.ClassNames, classes, reference);
    }

    /// <summary>The numbers, in the order of the options.</summary>
    /// <param name="cancellation">Looked at before each costly part.</param>
    /// <exception cref="InvalidInputException">Too few images for a metric.</exception>
    public IReadOnlyList<MetricValue> Run(CancellationToken cancellation = default)
    {
        var input = new MetricInput(_images, _reference, _classes, _options.Seed, cancellation);
        return [.. _options.Metrics.SelectMany(metric => Timed(metric, input))];
    }

    private static IEnumerable<MetricValue> Timed(Metric metric, MetricInput input)
    {
        var watch = Stopwatch.StartNew();
        MetricValue[] values = [.. metric.Measure(input)];
        var seconds = watch.Elapsed.TotalSeconds;
        return values.Select(value => value with { Seconds = seconds });
    }
}
