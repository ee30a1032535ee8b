using DiffuSharp.Data;

namespace DiffuSharp.Metrics.Evaluation;

/// <summary>The images of a data set in its order. Label vectors of floats are no classes.</summary>
/// <param name="dataset">Stays open until the last batch is read.</param>
/// <param name="batch">Images of a batch.</param>
/// <param name="progress">Told the part that has been read, 0 to 1, before each batch.</param>
public sealed class DatasetBatchSource(IImageDataset dataset, int batch, IProgress<double>? progress = null) : IBatchSource
{
    /// <inheritdoc/>
    public int Count => (dataset.Count + batch - 1) / batch;

    /// <inheritdoc/>
    public LabeledBatch Read(int index)
    {
        progress?.Report((double)index / Count);
        return DatasetBatches.ReadAt(dataset, index * batch, batch);
    }
}
