using DiffuSharp.Torch;

namespace DiffuSharp.Data;

/// <summary>Tensors as images for pictures.</summary>
public static class TensorImages
{
    /// <summary>The images of a batch; values beyond [-1, 1] are clipped.</summary>
    /// <param name="batch">[N,C,H,W], on any device.</param>
    public static Image[] Of(Tensor batch)
    {
        using var scope = torch.NewDisposeScope();
        var shape = new ImageShape((int)batch.size(1), (int)batch.size(2), (int)batch.size(3));
        var values = batch.detach().to(Device.CPU, ScalarType.Float32).contiguous().ToArray<float>();
        return [.. Enumerable.Range(0, (int)batch.size(0)).Select(i =>
        {
            var image = new Image(shape);
            PixelRange.ToBytes(values.AsSpan(i * shape.Count, shape.Count), image.Pixels);
            return image;
        })];
    }
}
