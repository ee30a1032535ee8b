using DiffuSharp.Metrics.Evaluation;

namespace DiffuSharp.Training;

/// <summary>What was measured at one point of a run.</summary>
/// <param name="Values">The numbers.</param>
/// <param name="Images">Samples.</param>
/// <param name="Nfe">Network evaluations of a sample.</param>
/// <param name="Seconds">Time that it took.</param>
internal sealed record TrainingMetricsResult(IReadOnlyList<MetricValue> Values, int Images, double Nfe, double Seconds);
