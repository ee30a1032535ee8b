using System.Runtime.ExceptionServices;
using DiffuSharp.Torch;

namespace DiffuSharp.Data;

/// <summary>Images and labels read from a data set, in .NET memory.</summary>
/// <param name="Shape">Of an image.</param>
/// <param name="Count">Images.</param>
/// <param name="Pixels">[Count,C,H,W].</param>
/// <param name="Labels">[Count, label_dim].</param>
internal sealed record HostBatch(ImageShape Shape, int Count, byte[] Pixels, float[] Labels)
{
    /// <summary>Reads images on all processors.</summary>
    /// <exception cref="InvalidDataException">An image is corrupt or of another shape; one line names it.</exception>
    public static HostBatch Read(IImageDataset dataset, long[] indices)
    {
        var (size, labelSize) = (dataset.Shape.Count, dataset.LabelCount);
        var (pixels, labels) = (new byte[indices.Length * size], new float[indices.Length * labelSize]);
        var batch = new HostBatch(dataset.Shape, indices.Length, pixels, labels);
        try
        {
            Parallel.For(0, indices.Length, i =>
            {
                var index = (int)indices[i];
                dataset.ReadImage(index, pixels.AsSpan(i * size, size));
                dataset.ReadLabel(index, labels.AsSpan(i * labelSize, labelSize));
            });
        }
        catch (AggregateException errors)
        {
            ExceptionDispatchInfo.Throw(errors.InnerExceptions[0]);
        }

        return batch;
    }

    /// <summary>uint8 images [N,C,H,W] and float32 labels [N, label_dim] (null without labels) on a device.</summary>
    public (Tensor Images, Tensor? Labels) To(Device device) => (
        torch.tensor(Pixels, [Count, Shape.Channels, Shape.Height, Shape.Width], device: device),
        Labels.Length == 0 ? null : torch.tensor(Labels, [Count, Labels.Length / Count], device: device));
}
