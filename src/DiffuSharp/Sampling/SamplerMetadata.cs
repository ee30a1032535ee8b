namespace DiffuSharp.Sampling;

/// <summary>Where a tableau comes from: what a sampler file says beside the rows.</summary>
/// <param name="Solver">The solver's name, for example <c>edm</c>; <c>learned-FAMILY</c> for a learned sampler.</param>
/// <param name="Options">The options of the solver under their command line names, in the order in which they are shown.</param>
/// <param name="Source">The paper and equation, or the run that learned it.</param>
public sealed record SamplerMetadata(string Solver, IReadOnlyList<KeyValuePair<string, string>> Options, string Source)
{
    /// <summary>How the names of learned samplers begin.</summary>
    public const string Learned = "learned-";

    private static readonly string[] s_ofLearned = ["base", "loss"];

    /// <summary>The options for one line of text; of the many that a learned sampler keeps, where it started and what it was to make small.</summary>
    public string ShownOptions => string.Join(
        ", ",
        Options.Where(o => !Solver.StartsWith(Learned, StringComparison.Ordinal) || s_ofLearned.Contains(o.Key)).Select(o => $"{o.Key} {o.Value}"));
}
