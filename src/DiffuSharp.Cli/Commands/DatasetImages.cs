using DiffuSharp.Data;
using DiffuSharp.Denoising;

namespace DiffuSharp.Cli.Commands;

/// <summary>All images of a small data set at once.</summary>
internal static class DatasetImages
{
    public static Image[] Read(IImageDataset data) => [.. Enumerable.Range(0, data.Count).Select(i =>
    {
        var image = new Image(data.Shape);
        data.ReadImage(i, image.Pixels);
        return image;
    })];

    /// <summary>The class of each; null for a model without classes.</summary>
    /// <exception cref="InvalidInputException">The data have other classes than the model, or labels that are none.</exception>
    public static int[]? Classes(IImageDataset data, IDenoiser model)
    {
        if (model.LabelDim == 0)
        {
            return null;
        }

        if (data.LabelCount != model.LabelDim)
        {
            throw new InvalidInputException($"{data.Name} has labels of length {data.LabelCount}, the model needs {model.LabelDim}");
        }

        var label = new float[model.LabelDim];
        return [.. Enumerable.Range(0, data.Count).Select(i =>
        {
            data.ReadLabel(i, label);
            var found = Array.IndexOf(label, 1f);
            return found >= 0 ? found : throw new InvalidInputException($"{data.FileName(i)}: its label is no class; the codec needs one");
        })];
    }
}
