using DiffuSharp.Tuning.Losses;
using DiffuSharp.Tuning.Validation;

namespace DiffuSharp.Cli.Parsing;

/// <summary>Loss and validation of a run of <c>tune</c>, with all that they hold.</summary>
internal sealed class TuningGoal : IDisposable
{
    private readonly List<IDisposable> _owned = [];

    public ISampleLoss Loss { get; set; } = null!;

    public IValidationMetric Validation { get; set; } = null!;

    /// <summary>For the sampler file.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Description { get; set; } = [];

    /// <summary>Takes something over.</summary>
    public T Owns<T>(T thing)
        where T : IDisposable?
    {
        if (thing is not null)
        {
            _owned.Add(thing);
        }

        return thing;
    }

    public void Dispose() => _owned.ForEach(thing => thing.Dispose());
}
