using System.Globalization;

namespace DiffuSharp.Data;

/// <summary>One run of <see cref="DatasetConverter"/>: converts image after image and counts what it changes.</summary>
internal sealed class DatasetConversion
{
    private const int ImagesPerFolder = 1000;

    private readonly IImageSource source;
    private readonly DatasetConverterOptions options;
    private readonly DatasetLabels? labels;
    private readonly List<string> names = [];
    private readonly List<int> indices = [];
    private readonly SortedDictionary<ImageChanges, int> counts = [];
    private ImageShape shape;
    private int skipped;

    public DatasetConversion(IImageSource source, DatasetConverterOptions options)
    {
        (this.source, this.options) = (source, options);
        labels = options.Labels == LabelUse.Ignored ? null : source.Labels;
        if (options.Labels != LabelUse.Ignored && source.LabelFault is { } fault)
        {
            throw new InvalidDataException(fault);
        }

        if (options.Labels == LabelUse.Required && labels is null)
        {
            throw new InvalidInputException($"{source.Path}: has no labels; add dataset.json or class sub-folders, or do without labels");
        }
    }

    /// <summary>Converts one image.</summary>
    public void Add(int index, DatasetDestination.AddFile add)
    {
        Image image = PixelConversion.ToImage(source.Read(index), out ImageChanges changes);
        image = ChooseChannels(image, ref changes);
        if (options is { Height: { } height, Width: { } width })
        {
            if (ImageTransform.Apply(image, options.Transform, height, width, ref changes) is not { } transformed)
            {
                skipped++;
                return;
            }

            image = transformed;
        }

        CheckShape(image.Shape, index);
        int number = names.Count;
        string name = string.Create(CultureInfo.InvariantCulture, $"{number / ImagesPerFolder:D5}/img{number:D8}.png");
        add(name, ImageCodecs.EncodePng(image.ToRaw(), level: 0));
        names.Add(name);
        indices.Add(index);
        foreach (ImageChanges change in Enum.GetValues<ImageChanges>().Where(c => c != ImageChanges.None && changes.HasFlag(c)))
        {
            counts[change] = counts.GetValueOrDefault(change) + 1;
        }
    }

    /// <summary>Writes dataset.json.</summary>
    public void Finish(DatasetDestination.AddFile add)
    {
        if (names.Count == 0)
        {
            throw new InvalidDataException(
                $"{source.Path}: all {skipped} images have too few pixels for {options.Width}x{options.Height}; choose a smaller resolution");
        }

        using var json = new MemoryStream();
        DatasetJsonWriter.Write(json, names, labels, indices);
        add(DatasetJson.FileName, json.ToArray());
    }

    /// <summary>What was made.</summary>
    public DatasetConversionReport Report() => new()
    {
        Images = names.Count,
        Skipped = skipped,
        Shape = shape,
        LabelCount = labels?.Count ?? 0,
        LabelNames = labels?.Names,
        Changes = counts,
    };

    private Image ChooseChannels(Image image, ref ImageChanges changes)
    {
        if (options.Channels == ChannelChoice.Grey && image.Shape.Channels == 3)
        {
            changes |= ImageChanges.ColourRemoved;
            return PixelConversion.ToGrey(image);
        }

        if (options.Channels == ChannelChoice.Rgb && image.Shape.Channels == 1)
        {
            changes |= ImageChanges.GreyRepeated;
            return PixelConversion.ToRgb(image);
        }

        return image;
    }

    private void CheckShape(ImageShape found, int index)
    {
        if (names.Count == 0)
        {
            shape = found;
        }
        else if (found.Channels != shape.Channels)
        {
            throw new InvalidDataException(
                $"{source.Path}: {source.FileName(index)} has {found.Channels} channels, the images before have {shape.Channels}; "
                + "convert all to grey or all to RGB");
        }
        else if (found != shape)
        {
            throw new InvalidDataException(
                $"{source.Path}: {source.FileName(index)} is {found}, the images before are {shape}; give a resolution");
        }
    }
}
