namespace DiffuSharp.Cli.Commands;

/// <summary>The mean of some scores and its standard error.</summary>
internal sealed record SearchSummary(double Mean, double StandardError)
{
    public static SearchSummary? Of(IEnumerable<double?> scores)
    {
        double[] values = [.. scores.OfType<double>()];
        if (values.Length == 0)
        {
            return null;
        }

        var mean = values.Average();
        return new SearchSummary(mean, values.Length == 1 ? double.NaN : Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1) / values.Length));
    }

    public override string ToString() => $"{Mean:0.####} ± {StandardError:0.####}";
}
