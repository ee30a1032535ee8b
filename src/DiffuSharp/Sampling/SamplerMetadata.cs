namespace DiffuSharp.Sampling;

/// <summary>Where a tableau comes from: what a sampler file says beside the rows.</summary>
/// <param name="Solver">The solver's name, for example <c>edm</c>.</param>
/// <param name="Options">The options of the solver under their command line names, in the order in which they are shown.</param>
/// <param name="Source">The paper and equation, or the run that learned it.</param>
public sealed record SamplerMetadata(string Solver, IReadOnlyList<KeyValuePair<string, string>> Options, string Source);
