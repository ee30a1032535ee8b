namespace DiffuSharp.Data;

/// <summary>What is in a data set and what is wrong with it.</summary>
public sealed record DatasetInspection
{
    private const int ProgressEvery = 64;

    /// <summary>Short name.</summary>
    public required string Name { get; init; }

    /// <summary>Images, readable or not.</summary>
    public required int Count { get; init; }

    /// <summary>Shape of the first readable image once it is 8-bit grey or RGB; null where none can be read.</summary>
    public required ImageShape? Shape { get; init; }

    /// <summary>Whether the data set can be trained on as it is: no problems with images or labels.</summary>
    public required bool IsUsable { get; init; }

    /// <summary>Length of a label; 0 without labels.</summary>
    public required int LabelCount { get; init; }

    /// <summary>Names of the classes, where known.</summary>
    public required IReadOnlyList<string>? LabelNames { get; init; }

    /// <summary>Images in each class; null where labels are vectors or absent.</summary>
    public required IReadOnlyList<int>? LabelHistogram { get; init; }

    /// <summary>Mean of each channel in [-1, 1], over images of the common shape.</summary>
    public required IReadOnlyList<double> Mean { get; init; }

    /// <summary>Population standard deviation of each channel, in units of [-1, 1].</summary>
    public required IReadOnlyList<double> StandardDeviation { get; init; }

    /// <summary>Unreadable files, other shapes or depths, labels without files and files without labels.</summary>
    public required IReadOnlyList<DatasetProblem> Problems { get; init; }

    /// <summary>Files that are there and are no images of the set, by reason.</summary>
    public IReadOnlyList<LeftOutFiles> LeftOut { get; init; } = [];

    /// <summary>Reads a whole data set; broken images become problems, not exceptions.</summary>
    /// <param name="pathOrName">Folder, zip or idx file, or name.</param>
    /// <param name="progress">Told every 64 images and at the end.</param>
    /// <param name="cancellationToken">Stops between images.</param>
    /// <exception cref="InvalidInputException">No such data set.</exception>
    /// <exception cref="InvalidDataException">The zip file, idx file or dataset.json itself is broken.</exception>
    public static DatasetInspection Run(
        string pathOrName, IProgress<DatasetProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        using var source = ImageSource.Open(pathOrName);
        var problems = new List<DatasetProblem>();
        PixelStatistics? statistics = null;
        for (var i = 0; i < source.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (ReadOrReport(source, i, problems) is { } image)
            {
                statistics ??= new PixelStatistics(image.Shape);
                if (image.Shape == statistics.Shape)
                {
                    statistics.Add(image);
                }
                else
                {
                    problems.Add(new DatasetProblem(source.FileName(i), $"is {image.Shape}, the first image is {statistics.Shape}"));
                }
            }

            if ((i + 1) % ProgressEvery == 0 || i + 1 == source.Count)
            {
                progress?.Report(new DatasetProgress(i + 1, source.Count));
            }
        }

        return new DatasetInspection
        {
            Name = source.Name,
            Count = source.Count,
            Shape = statistics?.Shape,
            IsUsable = problems.Count == 0 && source.LabelFault is null,
            LabelCount = source.Labels?.Count ?? 0,
            LabelNames = source.Labels?.Names,
            LabelHistogram = Histogram(source.Labels),
            Mean = statistics?.Mean ?? [],
            StandardDeviation = statistics?.StandardDeviation ?? [],
            LeftOut = source.LeftOut,
            Problems = [.. problems, .. source.Problems],
        };
    }

    private static Image? ReadOrReport(IImageSource source, int index, List<DatasetProblem> problems)
    {
        try
        {
            var raw = source.Read(index);
            if (raw.BitDepth != 8 || raw.HasAlpha)
            {
                problems.Add(new DatasetProblem(source.FileName(index), $"is {raw}; 'dataset convert' makes it 8-bit grey or RGB"));
            }

            return PixelConversion.ToImage(raw, out _);
        }
        catch (InvalidDataException e)
        {
            problems.Add(new DatasetProblem(source.FileName(index), e.Message));
            return null;
        }
    }

    private static int[]? Histogram(DatasetLabels? labels)
    {
        if (labels?.Class(0) is null)
        {
            return null;
        }

        var histogram = new int[labels.Count];
        for (var i = 0; i < labels.Images; i++)
        {
            histogram[labels.Class(i)!.Value]++;
        }

        return histogram;
    }
}
