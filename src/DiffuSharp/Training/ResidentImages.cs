using DiffuSharp.Data;
using DiffuSharp.Torch;

namespace DiffuSharp.Training;

/// <summary>The whole data set as one uint8 tensor on the training device: a batch is one gather.</summary>
internal sealed class ResidentImages : ITrainingImages
{
    private const int BlockSize = 4096;

    private readonly Device _device;
    private readonly DataOrder _order;
    private readonly Tensor _images;
    private readonly Tensor? _labels;

    public ResidentImages(IImageDataset dataset, Device device, DataOrder order, CancellationToken cancellation)
    {
        using var scope = torch.NewDisposeScope();
        _device = device;
        _order = order;
        var shape = dataset.Shape;
        _images = torch.empty([dataset.Count, shape.Channels, shape.Height, shape.Width], ScalarType.Byte, device);
        _labels = dataset.LabelCount > 0 ? torch.empty([dataset.Count, dataset.LabelCount], device: device) : null;
        for (var start = 0; start < dataset.Count; start += BlockSize)
        {
            cancellation.ThrowIfCancellationRequested();
            using var block = torch.NewDisposeScope();
            var end = Math.Min(start + BlockSize, dataset.Count);
            var batch = HostBatch.Read(dataset, [.. Enumerable.Range(start, end - start).Select(i => (long)i)]);
            var (images, labels) = batch.To(device);
            _images[start..end].copy_(images);
            if (labels is not null)
            {
                _labels![start..end].copy_(labels);
            }
        }

        _images.DetachFromDisposeScope();
        _labels?.DetachFromDisposeScope();
    }

    /// <summary>Bytes that a data set takes in this form.</summary>
    public static long SizeOf(IImageDataset dataset) =>
        dataset.Count * (dataset.Shape.Count + ((long)sizeof(float) * dataset.LabelCount));

    public (Tensor Images, Tensor? Labels) Take(long position, int count)
    {
        var indices = torch.tensor(_order.Indices(position, count), device: _device);
        return (_images.index_select(0, indices), _labels?.index_select(0, indices));
    }

    public void Dispose()
    {
        _images.Dispose();
        _labels?.Dispose();
    }
}
