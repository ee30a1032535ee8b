using DiffuSharp.Data;

namespace DiffuSharp.Training;

/// <summary>The images of a run: those trained on and those held out.</summary>
internal sealed class TrainingData : IDisposable
{
    private const int CheckedAtOnce = 256;

    private readonly IImageDataset[] _owned;

    private TrainingData(IImageDataset training, IImageDataset? heldout, params IImageDataset[] owned)
    {
        Training = training;
        Heldout = heldout;
        _owned = owned;
    }

    /// <summary>Images trained on.</summary>
    public IImageDataset Training { get; }

    /// <summary>Images never trained on; null for none.</summary>
    public IImageDataset? Heldout { get; }

    /// <summary>Opens the data sets that the options name.</summary>
    /// <param name="options">The run.</param>
    /// <param name="given">Images that are open already, instead of those named; they stay the caller's.</param>
    /// <param name="classes">Names of the classes in the order that labels take; null for that of the data.</param>
    /// <param name="remarks">Told where classes are matched by numbers alone.</param>
    /// <exception cref="InvalidInputException">No such data set, no labels, or too many images held out.</exception>
    public static TrainingData Open(
        TrainingOptions options, IImageDataset? given = null, IReadOnlyList<string>? classes = null, IProgress<string>? remarks = null)
    {
        var labels = new ImageDatasetOptions { Labels = options.Cond ? LabelUse.Required : LabelUse.Ignored, Remarks = remarks };
        var all = given ?? ImageDataset.Open(options.Data, labels);
        IImageDataset[] owned = given is null ? [all] : [];
        try
        {
            if (classes is not null)
            {
                all = RelabelledDataset.Of(all, new ClassList("the run", classes.Count, classes), remarks);
            }

            if (options.Heldout == 0)
            {
                return new(Mirror(all), null, owned);
            }

            if (options.HeldoutData is { } name)
            {
                var other = ImageDataset.Open(name, labels);
                return new(Mirror(all), Choose(other, name), [.. owned, other]);
            }

            var chosen = NumPyShuffle.Subset(all.Count, Checked(all, options.Data, 1), options.Seed);
            int[] rest = [.. Enumerable.Range(0, all.Count).Except(chosen).Order()];
            return new(Mirror(new SubsetDataset(all, rest)), new SubsetDataset(all, chosen), owned);
        }
        catch
        {
            Array.ForEach(owned, dataset => dataset.Dispose());
            throw;
        }

        IImageDataset Mirror(IImageDataset dataset) => options.Xflip ? new MirroredDataset(dataset) : dataset;

        SubsetDataset Choose(IImageDataset dataset, string name)
        {
            var named = dataset.LabelNames is not null;
            if (dataset.Shape != all.Shape || (dataset.LabelCount != all.LabelCount && !named))
            {
                throw new InvalidInputException(
                    $"{name}: {dataset.Shape} images with {dataset.LabelCount} labels cannot test a model of "
                    + $"{all.Shape} images with {all.LabelCount}");
            }

            dataset = RelabelledDataset.Of(dataset, new ClassList(all.Name, all.LabelCount, all.LabelNames), remarks);
            return new(dataset, NumPyShuffle.Subset(dataset.Count, Checked(dataset, name, 0), options.Seed));
        }

        int Checked(IImageDataset dataset, string name, int left) => options.Heldout <= dataset.Count - left
            ? options.Heldout
            : throw new InvalidInputException(
                $"{name}: {options.Heldout} images cannot be held out of {dataset.Count}; lower --heldout");
    }

    /// <summary>Reads the held-out images, which are else read for the first time hours later.</summary>
    /// <exception cref="InvalidDataException">An image is corrupt or of another shape; one line names it.</exception>
    public void CheckHeldout(CancellationToken cancellation)
    {
        foreach (var block in Enumerable.Range(0, Heldout?.Count ?? 0).Select(i => (long)i).Chunk(CheckedAtOnce))
        {
            cancellation.ThrowIfCancellationRequested();
            HostBatch.Read(Heldout!, block);
        }
    }

    /// <summary>Closes the data sets.</summary>
    public void Dispose()
    {
        foreach (var dataset in _owned)
        {
            dataset.Dispose();
        }
    }
}
