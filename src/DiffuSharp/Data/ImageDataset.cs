namespace DiffuSharp.Data;

/// <summary>Opens data sets.</summary>
public static class ImageDataset
{
    /// <summary>
    /// Opens a data set: a zip file or folder of images (EDM's layout with <c>dataset.json</c>, class sub-folders, or plain), samples
    /// as <c>.npz</c> in ADM's layout (<c>arr_0</c>, classes in <c>arr_1</c>), an idx image file (plain or .gz, its label file found
    /// beside it), or <c>fashion-mnist</c> and <c>fashion-mnist:test</c> by name.
    /// Images must be 8-bit grey or RGB of one size; <see cref="DatasetConverter"/> makes them so.
    /// </summary>
    /// <param name="pathOrName">File, folder or name.</param>
    /// <param name="options">Subset, mirroring, labels.</param>
    /// <exception cref="InvalidInputException">No such data set, or labels are required and there are none.</exception>
    /// <exception cref="InvalidDataException">The data are broken; the message names the file.</exception>
    public static IImageDataset Open(string pathOrName, ImageDatasetOptions? options = null)
    {
        options ??= new ImageDatasetOptions();
        options.Validate();
        var source = ImageSource.Open(pathOrName);
        try
        {
            IImageDataset dataset = new SourceDataset(source, options.Labels);
            foreach (var (file, what) in source.Problems)
            {
                options.Remarks?.Report($"{source.Path}: {file} {what}");
            }

            foreach (var files in source.LeftOut)
            {
                options.Remarks?.Report($"{source.Path}: left out {files}");
            }

            if (options.MaxSize < dataset.Count)
            {
                dataset = new SubsetDataset(dataset, NumPyShuffle.Subset(dataset.Count, options.MaxSize.Value, options.Seed));
            }

            return options.XFlip ? new MirroredDataset(dataset) : dataset;
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }
}
