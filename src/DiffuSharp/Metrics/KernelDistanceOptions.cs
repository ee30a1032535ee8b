namespace DiffuSharp.Metrics;

/// <summary>How the kernel distance is estimated from subsets.</summary>
public sealed record KernelDistanceOptions
{
    /// <summary>Number of subsets.</summary>
    public int Subsets { get; init; } = 100;

    /// <summary>Images of each set in a subset; the smaller set's size if that is less.</summary>
    public int SubsetSize { get; init; } = 1000;

    /// <summary>Seed of the subsets.</summary>
    public ulong Seed { get; init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="InvalidInputException">One is out of range.</exception>
    public void Validate()
    {
        if (Subsets < 1)
        {
            throw new InvalidInputException($"kid subsets {Subsets}: at least 1 is needed");
        }

        if (SubsetSize < 2)
        {
            throw new InvalidInputException($"kid subset size {SubsetSize}: at least 2 images are needed");
        }
    }
}
