namespace DiffuSharp.Data;

/// <summary>
/// Makes EDM's data-set layout of anything readable: PNG files <c>00000/img00000000.png</c> without compression, and
/// <c>dataset.json</c>, in a zip file with stored entries or in a folder.
/// </summary>
public static class DatasetConverter
{
    private const int ProgressEvery = 64;

    /// <summary>Converts a data set; the destination appears whole at the end or not at all.</summary>
    /// <param name="source">Folder, zip or idx file, or name; sizes, depths and formats may be mixed.</param>
    /// <param name="destination">A <c>.zip</c> file (replaced if there) or a new or empty folder.</param>
    /// <param name="options">Resolution, transform, channels, labels.</param>
    /// <param name="progress">Told every 64 images and at the end.</param>
    /// <param name="cancellationToken">Stops between images and leaves nothing behind.</param>
    /// <exception cref="InvalidInputException">Options contradict each other, or the destination is taken.</exception>
    /// <exception cref="InvalidDataException">An image is broken, or sizes or channels differ and no option says what to do.</exception>
    public static DatasetConversionReport Convert(
        string source,
        string destination,
        DatasetConverterOptions? options = null,
        IProgress<DatasetProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new DatasetConverterOptions();
        options.Validate();
        DatasetDestination.Check(destination);
        using var images = ImageSource.Open(source);
        var conversion = new DatasetConversion(images, options);
        DatasetDestination.Write(destination, add =>
        {
            var total = Math.Min(images.Count, options.MaxImages ?? int.MaxValue);
            for (var i = 0; i < total; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                conversion.Add(i, add);
                if ((i + 1) % ProgressEvery == 0 || i + 1 == total)
                {
                    progress?.Report(new DatasetProgress(i + 1, total));
                }
            }

            conversion.Finish(add);
        });
        return conversion.Report();
    }
}
