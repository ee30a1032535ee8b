using DiffuSharp.Data;
using DiffuSharp.Torch;

namespace DiffuSharp.Metrics.Evaluation;

/// <summary>The images of a data set in its order.</summary>
public static class DatasetBatches
{
    /// <summary>Reads batch by batch; the tensors belong to the scope in which the batch is asked for.</summary>
    /// <param name="dataset">Stays open until the last batch is read.</param>
    /// <param name="batch">Images of a batch.</param>
    /// <param name="progress">Told the part that has been read, 0 to 1, before each batch.</param>
    public static IEnumerable<LabeledBatch> Read(IImageDataset dataset, int batch, IProgress<double>? progress = null)
    {
        for (var start = 0; start < dataset.Count; start += batch)
        {
            progress?.Report((double)start / dataset.Count);
            var host = HostBatch.Read(dataset, [.. Enumerable.Range(start, Math.Min(batch, dataset.Count - start)).Select(i => (long)i)]);
            var (pixels, labels) = host.To(Device.CPU);
            yield return new LabeledBatch(pixels, labels is null ? null : Classes(labels));
        }
    }

    private static long[] Classes(Tensor labels)
    {
        using var scope = torch.NewDisposeScope();
        return labels.argmax(1).ToArray<long>();
    }
}
