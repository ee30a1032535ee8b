using DiffuSharp.Schedules;

namespace DiffuSharp.Cli.Parsing;

/// <summary>What the flags ask of guidance.</summary>
/// <param name="Weight">w; 1 is off.</param>
/// <param name="Reference">File of the weaker model; null for the model itself without class.</param>
/// <param name="Interval">Noise levels that are guided; null for all.</param>
internal sealed record Guidance(double Weight, string? Reference, SigmaRange? Interval);
