using DiffuSharp.Data;
using DiffuSharp.Torch;

namespace DiffuSharp.Metrics.Evaluation;

/// <summary>The images of a data set in its order.</summary>
public static class DatasetBatches
{
    /// <summary>Reads batch by batch; the tensors belong to the scope in which the batch is asked for. Label vectors of floats are no classes.</summary>
    /// <param name="dataset">Stays open until the last batch is read.</param>
    /// <param name="batch">Images of a batch.</param>
    /// <param name="progress">Told the part that has been read, 0 to 1, before each batch.</param>
    public static IEnumerable<LabeledBatch> Read(IImageDataset dataset, int batch, IProgress<double>? progress = null)
    {
        for (var start = 0; start < dataset.Count; start += batch)
        {
            progress?.Report((double)start / dataset.Count);
            yield return ReadAt(dataset, start, batch);
        }
    }

    /// <summary>Reads the batch that begins at an image.</summary>
    internal static LabeledBatch ReadAt(IImageDataset dataset, int start, int batch)
    {
        var host = HostBatch.Read(dataset, [.. Enumerable.Range(start, Math.Min(batch, dataset.Count - start)).Select(i => (long)i)]);
        return new LabeledBatch(host.To(Device.CPU).Images, Classes(host));
    }

    // Labels that are no unit vectors name no class.
    private static long[]? Classes(HostBatch host)
    {
        var length = host.Labels.Length / host.Count;
        var classes = new long[host.Count];
        for (var i = 0; i < host.Count; i++)
        {
            var label = host.Labels.AsSpan(i * length, length);
            classes[i] = label.IndexOf(1f);
            if (classes[i] < 0 || label.Count(0f) != length - 1)
            {
                return null;
            }
        }

        return classes;
    }
}
