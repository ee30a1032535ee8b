namespace DiffuSharp.Metrics;

/// <summary>How the inception score is split. Published numbers use 10 splits, shuffled or not; state which.</summary>
public sealed record InceptionScoreOptions
{
    /// <summary>Number of splits.</summary>
    public int Splits { get; init; } = 10;

    /// <summary>Whether the images are put into random order first.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Seed of the order.</summary>
    public ulong Seed { get; init; }

    /// <summary>Checks the values against the number of images.</summary>
    /// <exception cref="InvalidInputException">There are not as many images as splits.</exception>
    public void Validate(long images)
    {
        if (Splits < 1 || images < Splits)
        {
            throw new InvalidInputException($"inception score: {Splits} splits of {images} images; each split needs at least one");
        }
    }
}
