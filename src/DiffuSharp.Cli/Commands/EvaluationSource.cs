using DiffuSharp.Sampling;

namespace DiffuSharp.Cli.Commands;

/// <summary>What was measured.</summary>
internal sealed record EvaluationSource
{
    /// <summary>Data set or model.</summary>
    public required string Images { get; init; }

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

    public override string ToString() => Sampler is null
        ? Images
        : $"{Images}, {Sampler.Solver} ({string.Join(", ", Sampler.Options.Select(o => $"{o.Key} {o.Value}"))}) NFE {Nfe:0.##}, image seeds {Seeds}{(Repeats > 1 ? $" and the next {Repeats - 1} ranges" : "")}";
}
