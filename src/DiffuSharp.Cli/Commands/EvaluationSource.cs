using DiffuSharp.Networks;
using DiffuSharp.Sampling;

namespace DiffuSharp.Cli.Commands;

/// <summary>What was measured.</summary>
internal sealed record EvaluationSource
{
    /// <summary>Data set or model.</summary>
    public required string Images { get; init; }

    /// <summary>Fingerprint of the model's weights (<see cref="WeightHash"/>); null for a data set.</summary>
    public string? ModelSha256 { get; init; }

    /// <summary>Class of all sampled images; null where each has its own or none.</summary>
    public int? Class { get; init; }

    /// <summary>Seed of subsets and resamples.</summary>
    public required int Seed { get; init; }

    /// <summary>Ranges of seeds, or subsets.</summary>
    public required int Repeats { get; init; }

    /// <summary>Seeds of the first range; null for a data set.</summary>
    public string? Seeds { get; init; }

    /// <summary>What sampled; null for a data set.</summary>
    public SamplerMetadata? Sampler { get; init; }

    /// <summary>Network evaluations per image; null for a data set.</summary>
    public double? Nfe { get; init; }

    public override string ToString()
    {
        if (Sampler is null)
        {
            return Images;
        }

        var sampling = $"{Sampler.Solver} ({Sampler.ShownOptions}) NFE {Nfe:0.##}";
        var ofClass = Class is { } k ? $", class {k}" : "";
        var ranges = Repeats > 1 ? $" and the next {Repeats - 1} ranges" : "";
        return $"{Images} {FileHash.Short(ModelSha256 ?? "")}, {sampling}{ofClass}, image seeds {Seeds}{ranges}";
    }
}
