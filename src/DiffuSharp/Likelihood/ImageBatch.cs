using DiffuSharp.Data;
using DiffuSharp.Denoising;
using DiffuSharp.Torch;

namespace DiffuSharp.Likelihood;

/// <summary>Consecutive images of a data set, for a model.</summary>
public static class ImageBatch
{
    /// <summary>Refuses data that the model cannot take.</summary>
    /// <param name="denoiser">The model.</param>
    /// <param name="images">The data.</param>
    /// <exception cref="InvalidInputException">Other shape or number of classes, or no images.</exception>
    public static void Check(IDenoiser denoiser, IImageDataset images)
    {
        if (images.Shape != denoiser.Shape)
        {
            throw new InvalidInputException(
                $"{images.Name} holds {images.Shape} images, the model is for {denoiser.Shape}; convert them with 'dataset convert'");
        }

        if (denoiser.LabelDim > 0 && images.LabelCount != denoiser.LabelDim)
        {
            throw new InvalidInputException(
                $"{images.Name} has labels of length {images.LabelCount}, the model needs {denoiser.LabelDim}");
        }

        if (images.Count == 0)
        {
            throw new InvalidInputException($"{images.Name} holds no images");
        }
    }

    /// <summary>C·H·W bytes of each image.</summary>
    /// <param name="images">The data.</param>
    /// <param name="start">The first image.</param>
    /// <param name="count">How many.</param>
    public static byte[][] Pixels(IImageDataset images, int start, int count) => [.. Enumerable.Range(start, count).Select(i =>
    {
        var pixels = new byte[images.Shape.Count];
        images.ReadImage(i, pixels);
        return pixels;
    })];

    /// <summary>b/127.5 − 1 of each byte b, [count,C,H,W], float64, on the CPU.</summary>
    /// <param name="images">The data.</param>
    /// <param name="start">The first image.</param>
    /// <param name="count">How many.</param>
    public static Tensor Clean(IImageDataset images, int start, int count)
    {
        double[] values = [.. Pixels(images, start, count).SelectMany(pixels => pixels).Select(value => (value / 127.5) - 1)];
        return torch.tensor(values, [count, images.Shape.Channels, images.Shape.Height, images.Shape.Width]);
    }

    /// <summary>[count, label_dim] on the model's device, or null for a model without classes.</summary>
    /// <param name="denoiser">The model.</param>
    /// <param name="images">The data.</param>
    /// <param name="start">The first image.</param>
    /// <param name="count">How many.</param>
    public static Tensor? Labels(IDenoiser denoiser, IImageDataset images, int start, int count)
    {
        if (denoiser.LabelDim == 0)
        {
            return null;
        }

        var labels = new float[count * denoiser.LabelDim];
        for (var i = 0; i < count; i++)
        {
            images.ReadLabel(start + i, labels.AsSpan(i * denoiser.LabelDim, denoiser.LabelDim));
        }

        return torch.tensor(labels, [count, denoiser.LabelDim], device: denoiser.Device);
    }
}
