using DiffuSharp.Data;
using DiffuSharp.Denoising;
using DiffuSharp.Likelihood;
using DiffuSharp.Torch;

namespace DiffuSharp.Cli.Commands;

/// <summary>All images of a small data set as a tensor, with the condition that a model wants.</summary>
internal static class DatasetTensors
{
    /// <summary>b/127.5 − 1 of each byte b [N,C,H,W], float64, CPU; the labels on the model's device, or null.</summary>
    /// <exception cref="InvalidInputException">Images or labels do not fit the model.</exception>
    public static (Tensor Clean, Condition? Condition) Read(IImageDataset data, IDenoiser model)
    {
        ImageBatch.Check(model, data);
        var clean = ImageBatch.Clean(data, 0, data.Count);
        if (model.LabelDim == 0)
        {
            return (clean, null);
        }

        var classes = DatasetImages.Classes(data, model)!;
        return (clean, Condition.OfClasses(Array.ConvertAll(classes, c => (long)c), model.LabelDim, model.Device));
    }
}
