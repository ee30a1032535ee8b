namespace DiffuSharp.Benchmarking;

/// <summary>How <see cref="ThroughputBenchmark"/> measures.</summary>
public sealed record ThroughputOptions
{
    /// <summary>What is timed.</summary>
    public BenchmarkMode Mode { get; init; }

    /// <summary>Images in a batch, at least 1.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>Timed repeats, at least 5; the result is their median.</summary>
    public int Repeats { get; init; } = 7;

    /// <summary>Untimed repeats before them.</summary>
    public int WarmUp { get; init; } = 2;

    /// <summary>Checks the options.</summary>
    /// <exception cref="InvalidInputException">One line that names the option.</exception>
    public void Validate()
    {
        if (Batch < 1)
        {
            throw new InvalidInputException($"batch {Batch}: at least 1 image is needed");
        }

        if (Repeats < 5 || WarmUp < 0)
        {
            throw new InvalidInputException($"repeats {Repeats}: a median needs at least 5");
        }
    }
}
