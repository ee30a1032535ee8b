using DiffuSharp.Metrics;

namespace DiffuSharp.Benchmarking;

/// <summary>Sizes of the synthetic features on which metrics are timed.</summary>
public sealed record MetricsBenchmarkOptions
{
    /// <summary>Generated images.</summary>
    public int Images { get; init; } = 10_000;

    /// <summary>Images of the reference.</summary>
    public int ReferenceImages { get; init; } = 60_000;

    /// <summary>Number of features.</summary>
    public int FeatureDim { get; init; } = 2048;

    /// <summary>Subsets of the kernel distance.</summary>
    public KernelDistanceOptions Kernel { get; init; } = new();

    /// <summary>Checks the sizes.</summary>
    /// <exception cref="InvalidInputException">One is out of range.</exception>
    public void Validate()
    {
        if (Images < 2 || ReferenceImages < 2 || FeatureDim < 1)
        {
            throw new InvalidInputException(
                $"benchmark of metrics: {Images} images against {ReferenceImages} of {FeatureDim} features; at least 2 images and 1 feature are needed");
        }

        Kernel.Validate();
    }
}
