namespace DiffuSharp.Sampling;

/// <summary>Where a tableau comes from: what a sampler file says beside the rows.</summary>
/// <param name="Solver">The solver's name, for example <c>edm</c>; <c>learned-FAMILY</c> for a learned sampler.</param>
/// <param name="Options">The options of the solver under their command line names, in the order in which they are shown.</param>
/// <param name="Source">The paper and equation, or the run that learned it.</param>
public sealed record SamplerMetadata(string Solver, IReadOnlyList<KeyValuePair<string, string>> Options, string Source)
{
    /// <summary>How the names of learned samplers begin.</summary>
    public const string Learned = "learned-";

    /// <summary>The option of a learned sampler that holds the fingerprint of its model's weights.</summary>
    public const string ModelHash = "weights_sha256";

    /// <summary>The option of a learned sampler that says whether a discrete model gets real-valued times.</summary>
    public const string Times = "times";

    /// <summary>The value of <see cref="Times"/> for real-valued times.</summary>
    public const string Real = "real";

    private static readonly string[] s_ofLearned = ["base", "loss"];

    /// <summary>Whether a sampler was learned with real-valued times.</summary>
    public bool HasRealTimes => Option(Times) == Real;

    /// <summary>All samplers of a search run one model, with real-valued times or with rounded ones: as the final sampler wants it.</summary>
    /// <param name="name">What asks for this sampler, for the message.</param>
    /// <param name="realTimes">Whether the model gets real-valued times.</param>
    /// <exception cref="InvalidInputException">This sampler wants the other.</exception>
    public void RequireTimes(string name, bool realTimes)
    {
        if (HasRealTimes != realTimes)
        {
            var (own, others) = realTimes ? ("rounded", "real-valued") : ("real-valued", "rounded");
            throw new InvalidInputException($"{name}: wants a model at {own} times, the final sampler one at {others}; use samplers of one kind");
        }
    }

    /// <summary>The value of an option; null if there is none of that name.</summary>
    public string? Option(string name) => Options.FirstOrDefault(option => option.Key == name).Value;

    /// <summary>The options for one line of text; of the many that a learned sampler keeps, where it started and what it was to make small.</summary>
    public string ShownOptions => string.Join(
        ", ",
        Options.Where(o => !Solver.StartsWith(Learned, StringComparison.Ordinal) || s_ofLearned.Contains(o.Key)).Select(o => $"{o.Key} {o.Value}"));
}
