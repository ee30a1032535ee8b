namespace DiffuSharp.Metrics.Evaluation;

/// <summary>The words by which metrics are asked for.</summary>
public static class MetricNames
{
    private static readonly (string Name, MetricKind Kind)[] s_names =
    [
        ("fid", MetricKind.Frechet),
        ("kid", MetricKind.Kernel),
        ("is", MetricKind.InceptionScore),
        ("pr", MetricKind.PrecisionRecall),
        ("dc", MetricKind.DensityCoverage),
        ("acc", MetricKind.ClassAccuracy),
        ("cfid", MetricKind.ClassFrechet),
        ("sfid", MetricKind.SpatialFrechet),
    ];

    /// <summary>All words.</summary>
    public static IReadOnlyList<string> All { get; } = [.. s_names.Select(n => n.Name)];

    /// <summary>All words with commas, for messages.</summary>
    public static string List { get; } = string.Join(", ", All);

    /// <summary>The word of a metric.</summary>
    public static string Of(MetricKind kind) => s_names.First(n => n.Kind == kind).Name;

    /// <summary>The metrics of a list such as <c>fid,kid</c>.</summary>
    /// <exception cref="InvalidInputException">A word is not known, or stands there twice.</exception>
    public static IReadOnlyList<MetricKind> Parse(string text)
    {
        List<MetricKind> kinds = [];
        foreach (var word in text.Split(','))
        {
            var at = Array.FindIndex(s_names, n => n.Name == word.Trim());
            if (at < 0)
            {
                throw new InvalidInputException($"metrics {text}: '{word}' is none of {List}");
            }

            if (kinds.Contains(s_names[at].Kind))
            {
                throw new InvalidInputException($"metrics {text}: '{s_names[at].Name}' stands there twice; name each metric once");
            }

            kinds.Add(s_names[at].Kind);
        }

        return kinds;
    }
}
