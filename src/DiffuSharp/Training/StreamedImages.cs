using DiffuSharp.Data;
using DiffuSharp.Torch;

namespace DiffuSharp.Training;

/// <summary>
/// A data set too large to be kept: the next batch is read in the background while the present one is trained on.
/// </summary>
/// <param name="dataset">Stays open until the last batch is read.</param>
/// <param name="device">Where the images go.</param>
/// <param name="order">That of the run.</param>
/// <param name="stride">Images from one batch to the next, of which a rank takes a part.</param>
internal sealed class StreamedImages(IImageDataset dataset, Device device, DataOrder order, int stride) : ITrainingImages
{
    private Task<HostBatch>? _next;
    private (long Position, int Count) _nextRange;

    public (Tensor Images, Tensor? Labels) Take(long position, int count)
    {
        if (_next is null || _nextRange != (position, count))
        {
            Wait();
            Prefetch(position, count);
        }

        var batch = _next!.GetAwaiter().GetResult();
        Prefetch(position + stride, count);
        return batch.To(device);
    }

    public void Dispose() => Wait();

    private void Prefetch(long position, int count)
    {
        var indices = order.Indices(position, count);
        _nextRange = (position, count);
        _next = Task.Run(() => HostBatch.Read(dataset, indices));
    }

    // The reader must be done before the data set is closed; what it failed at, if anything, is of no interest any more.
    private void Wait() => _next?.ContinueWith(static _ => { }, TaskScheduler.Default).GetAwaiter().GetResult();
}
