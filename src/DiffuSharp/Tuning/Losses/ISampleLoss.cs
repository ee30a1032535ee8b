namespace DiffuSharp.Tuning.Losses;

/// <summary>A differentiable judgement of samples, exact for the whole batch however it is cut into micro-batches.</summary>
public interface ISampleLoss
{
    /// <summary>For logs and sampler files.</summary>
    string Name { get; }

    /// <summary>What must be the same for a run to go on: the name, weights, and the fingerprints of features and reference.</summary>
    string Identity => Name;

    /// <summary>The loss of a batch and its gradient; the gradient belongs to the caller's scope.</summary>
    /// <exception cref="OperationCanceledException">Cancelled between two micro-batches.</exception>
    SampleLossResult Evaluate(SampleBatch batch, CancellationToken cancellation = default);
}
