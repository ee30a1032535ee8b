using DiffuSharp.Metrics.Measures;

namespace DiffuSharp.Metrics.Evaluation;

/// <summary>What is measured and how.</summary>
public sealed record EvaluationOptions
{
    /// <summary>The metrics, in the order in which they are given back.</summary>
    public required IReadOnlyList<Metric> Metrics { get; init; }

    /// <summary>Seed of subsets, orders and resamples.</summary>
    public ulong Seed { get; init; }

    /// <summary>Checks the options.</summary>
    /// <exception cref="InvalidInputException">One line that names the option.</exception>
    public void Validate()
    {
        Metric.RequireDistinct(Metrics);
        foreach (var metric in Metrics)
        {
            metric.Validate();
        }
    }
}
