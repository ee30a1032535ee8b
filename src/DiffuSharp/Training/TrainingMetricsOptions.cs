using DiffuSharp.Metrics.Evaluation;

namespace DiffuSharp.Training;

/// <summary>
/// Metrics that a run measures as it goes, on few samples of few steps: they tell whether training still helps, and compare with each other only.
/// They draw nothing that training draws, so the trained weights are the same with them and without.
/// </summary>
public sealed record TrainingMetricsOptions
{
    /// <summary>Words of <see cref="MetricNames"/> with commas, such as <c>fid,kid</c>.</summary>
    public required string Names { get; init; }

    /// <summary>Feature network: a classifier file, or a TorchScript network with its protocol.</summary>
    public required string Features { get; init; }

    /// <summary>Reference statistics of the same features; null where no metric needs them.</summary>
    public string? Reference { get; init; }

    /// <summary>Images seen between two measurements; the end of the run is measured too.</summary>
    public long Every { get; init; } = 50_000;

    /// <summary>Samples of a measurement, of the seeds from 0 on, by the averaged weights.</summary>
    public int Images { get; init; } = 500;

    /// <summary>Steps of EDM's deterministic Heun sampler; a sample costs 2 Steps − 1 evaluations.</summary>
    public int Steps { get; init; } = 5;

    /// <summary>Samples that run together.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>Checks the options.</summary>
    /// <exception cref="InvalidInputException">One line that names the option.</exception>
    public void Validate()
    {
        _ = MetricNames.Parse(Names);
        Require(Every > 0, $"metrics-every {Every} must be positive");
        Require(Images >= 2, $"metrics-images {Images}: at least 2 are needed");
        Require(Steps >= 1, $"metrics-steps {Steps}: at least 1 is needed");
        Require(Batch >= 1, $"the batch of the metrics, {Batch}, must be positive");
    }

    /// <summary>The same with files that are found from any current folder.</summary>
    internal TrainingMetricsOptions WithFullPaths() => this with
    {
        Features = Path.GetFullPath(Features), Reference = Reference is null ? null : Path.GetFullPath(Reference),
    };

    /// <summary>What is measured and how.</summary>
    internal EvaluationOptions ToEvaluation()
    {
        const int KidSubsets = 20;
        return new EvaluationOptions
        {
            Metrics = MetricNames.Parse(Names), KidSubsets = KidSubsets, KidSubsetSize = Math.Max(2, Images / 2), Bootstrap = 0,
        };
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidInputException($"training options: {message}");
        }
    }
}
