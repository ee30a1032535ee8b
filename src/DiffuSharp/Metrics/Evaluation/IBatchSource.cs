namespace DiffuSharp.Metrics.Evaluation;

/// <summary>Images that are measured, in numbered batches that can be had in any order, by any process.</summary>
public interface IBatchSource
{
    /// <summary>Batches.</summary>
    int Count { get; }

    /// <summary>Reads or makes a batch; the tensors belong to the innermost scope.</summary>
    /// <param name="index">From 0.</param>
    LabeledBatch Read(int index);

    /// <summary>Network evaluations that a batch has cost; 0 for images that were read.</summary>
    /// <param name="index">A batch that was made.</param>
    long EvaluationsOf(int index) => 0;
}
