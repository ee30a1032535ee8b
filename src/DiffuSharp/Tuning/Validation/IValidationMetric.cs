using DiffuSharp.Tuning.Losses;

namespace DiffuSharp.Tuning.Validation;

/// <summary>A measurement of samples from latents that are never tuned on; lower is better.</summary>
public interface IValidationMetric
{
    /// <summary>For logs and sampler files.</summary>
    string Name { get; }

    /// <summary>What must be the same for a run to go on: the name, and the fingerprints of features and reference.</summary>
    string Identity => Name;

    /// <summary>The number; one that is not finite counts as no better than any other.</summary>
    /// <param name="batch">All held-out samples.</param>
    /// <param name="cancellation">Looked at before each micro-batch.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    double Measure(SampleBatch batch, CancellationToken cancellation = default);
}
