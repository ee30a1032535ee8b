namespace DiffuSharp.Data;

/// <summary>How a data set is read.</summary>
public sealed record ImageDatasetOptions
{
    /// <summary>Take only so many images, chosen at random by <see cref="Seed"/> and kept in order, as EDM does; null takes all.</summary>
    public int? MaxSize { get; init; }

    /// <summary>Seed of the choice; the choice is NumPy's, so the images are those EDM would take.</summary>
    public int Seed { get; init; }

    /// <summary>Double the data set by mirrored copies: image Count/2 + i is image i mirrored left to right.</summary>
    public bool XFlip { get; init; }

    /// <summary>What to do about labels.</summary>
    public LabelUse Labels { get; init; }

    /// <summary>Told, a line each, what is odd about the data without stopping their use, such as a file that is left out.</summary>
    public IProgress<string>? Remarks { get; init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="InvalidInputException">One is out of range.</exception>
    public void Validate()
    {
        if (MaxSize < 1)
        {
            throw new InvalidInputException($"maximum size {MaxSize}: at least 1 image is needed");
        }

        if (Seed < 0)
        {
            throw new InvalidInputException($"subset seed {Seed}: must not be negative");
        }
    }
}
