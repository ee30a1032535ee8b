namespace DiffuSharp.Metrics.Evaluation;

/// <summary>One number from several measurements of the same kind: the mean, and the standard deviation (n − 1) as its spread.</summary>
public static class MetricRepeats
{
    /// <summary>Joins what each repeat gave; a single one is given back as it is.</summary>
    /// <param name="repeats">For each repeat the same metrics in the same order.</param>
    /// <param name="what">What the repeats are, in the plural, such as <c>ranges of seeds</c>.</param>
    public static IReadOnlyList<MetricValue> Join(IReadOnlyList<IReadOnlyList<MetricValue>> repeats, string what) => repeats.Count == 1
        ? repeats[0]
        : [.. repeats[0].Select((first, i) => Join([.. repeats.Select(values => values[i])], first, what))];

    private static MetricValue Join(MetricValue[] values, MetricValue first, string what)
    {
        double[] numbers = [.. values.Select(v => v.Value)];
        var mean = numbers.Average();
        var note = Array.TrueForAll(values, v => v.Note == first.Note) ? first.Note : $"of the first: {first.Note}";
        return first with
        {
            Value = mean,
            Uncertainty = Math.Sqrt(numbers.Sum(v => (v - mean) * (v - mean)) / (numbers.Length - 1)),
            UncertaintyKind = $"standard deviation over {numbers.Length} {what}, {numbers.Min():G5} to {numbers.Max():G5}",
            Note = note,
            Repeats = numbers,
            Seconds = values.Sum(v => v.Seconds),
        };
    }
}
