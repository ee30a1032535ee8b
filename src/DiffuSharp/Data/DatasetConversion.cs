using System.Globalization;

namespace DiffuSharp.Data;

/// <summary>One run of <see cref="DatasetConverter"/>: converts image after image and counts what it changes.</summary>
internal sealed class DatasetConversion
{
    private const int ImagesPerFolder = 1000;

    private readonly IImageSource _source;
    private readonly DatasetConverterOptions _options;
    private readonly DatasetLabels? _labels;
    private readonly List<string> _names = [];
    private readonly List<int> _indices = [];
    private readonly SortedDictionary<ImageChanges, int> _counts = [];
    private ImageShape _shape;
    private int _skipped;

    public DatasetConversion(IImageSource source, DatasetConverterOptions options)
    {
        (_source, _options) = (source, options);
        _labels = options.Labels == LabelUse.Ignored ? null : source.Labels;
        if (options.Labels != LabelUse.Ignored && source.LabelFault is { } fault)
        {
            throw new InvalidDataException(fault);
        }

        if (options.Labels == LabelUse.Required && _labels is null)
        {
            throw new InvalidInputException($"{source.Path}: has no labels; add dataset.json or class sub-folders, or do without labels");
        }
    }

    /// <summary>Converts one image.</summary>
    public void Add(int index, DatasetDestination.AddFile add)
    {
        var image = PixelConversion.ToImage(_source.Read(index), out var changes);
        image = ChooseChannels(image, ref changes);
        if (_options is { Height: { } height, Width: { } width })
        {
            if (ImageTransform.Apply(image, _options.Transform, height, width, ref changes) is not { } transformed)
            {
                _skipped++;
                return;
            }

            image = transformed;
        }

        CheckShape(image.Shape, index);
        var number = _names.Count;
        var name = string.Create(CultureInfo.InvariantCulture, $"{number / ImagesPerFolder:D5}/img{number:D8}.png");
        add(name, ImageCodecs.EncodePng(image.ToRaw(), level: 0));
        _names.Add(name);
        _indices.Add(index);
        foreach (var change in Enum.GetValues<ImageChanges>().Where(c => c != ImageChanges.None && changes.HasFlag(c)))
        {
            _counts[change] = _counts.GetValueOrDefault(change) + 1;
        }
    }

    /// <summary>Writes dataset.json.</summary>
    public void Finish(DatasetDestination.AddFile add)
    {
        if (_names.Count == 0)
        {
            throw new InvalidDataException(
                $"{_source.Path}: all {_skipped} images have too few pixels for {_options.Width}x{_options.Height}; choose a smaller resolution");
        }

        using var json = new MemoryStream();
        DatasetJsonWriter.Write(json, _names, _labels, _indices);
        add(DatasetJson.FileName, json.ToArray());
    }

    /// <summary>What was made.</summary>
    public DatasetConversionReport Report() => new()
    {
        Images = _names.Count,
        Skipped = _skipped,
        Shape = _shape,
        LabelCount = _labels?.Count ?? 0,
        LabelNames = _labels?.Names,
        Changes = _counts,
        LeftOut = _source.LeftOut,
    };

    private Image ChooseChannels(Image image, ref ImageChanges changes)
    {
        if (_options.Channels == ChannelChoice.Grey && image.Shape.Channels == 3)
        {
            changes |= ImageChanges.ColourRemoved;
            return PixelConversion.ToGrey(image);
        }

        if (_options.Channels == ChannelChoice.Rgb && image.Shape.Channels == 1)
        {
            changes |= ImageChanges.GreyRepeated;
            return PixelConversion.ToRgb(image);
        }

        return image;
    }

    private void CheckShape(ImageShape found, int index)
    {
        if (_names.Count == 0)
        {
            _shape = found;
        }
        else if (found.Channels != _shape.Channels)
        {
            throw new InvalidDataException(
                $"{_source.Path}: {_source.FileName(index)} has {found.Channels} channels, the images before have {_shape.Channels}; "
                + "convert all to grey or all to RGB");
        }
        else if (found != _shape)
        {
            throw new InvalidDataException(
                $"{_source.Path}: {_source.FileName(index)} is {found}, the images before are {_shape}; give a resolution");
        }
    }
}
