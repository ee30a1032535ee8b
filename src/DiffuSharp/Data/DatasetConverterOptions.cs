namespace DiffuSharp.Data;

/// <summary>What a data set is converted to.</summary>
public sealed record DatasetConverterOptions
{
    /// <summary>Columns of every image; null keeps the size, which must then be the same in all. Goes with <see cref="Height"/>.</summary>
    public int? Width { get; init; }

    /// <summary>Rows of every image. Goes with <see cref="Width"/>.</summary>
    public int? Height { get; init; }

    /// <summary>How other sizes are brought to the resolution.</summary>
    public DatasetTransform Transform { get; init; }

    /// <summary>Take only the first so many images in the order of their names.</summary>
    public int? MaxImages { get; init; }

    /// <summary>Grey, RGB, or as they are.</summary>
    public ChannelChoice Channels { get; init; }

    /// <summary>What to do about labels.</summary>
    public LabelUse Labels { get; init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="InvalidInputException">One is out of range or they contradict each other.</exception>
    public void Validate()
    {
        if (Width is null != Height is null || Width is < 1 or > ushort.MaxValue || Height is < 1 or > ushort.MaxValue)
        {
            throw new InvalidInputException(
                $"resolution {Width}x{Height}: give width and height, 1 to {ushort.MaxValue} each, such as 64x64");
        }

        if (Transform != DatasetTransform.None && Width is null)
        {
            throw new InvalidInputException($"transform {Transform}: needs a resolution, such as 64x64");
        }

        if (Transform == DatasetTransform.CenterCropDhariwal && Width != Height)
        {
            throw new InvalidInputException($"resolution {Width}x{Height}: center-crop-dhariwal makes squares, give width = height");
        }

        if (Transform == DatasetTransform.CenterCropWide && Width < Height)
        {
            throw new InvalidInputException($"resolution {Width}x{Height}: center-crop-wide needs width >= height");
        }

        if (MaxImages < 1)
        {
            throw new InvalidInputException($"maximum images {MaxImages}: at least 1 image is needed");
        }
    }
}
