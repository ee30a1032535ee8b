using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Sampling;
using DiffuSharp.Tuning.Losses;

namespace DiffuSharp.Tuning;

/// <summary>What losses of tuning are opened with, and the owner of what they hold.</summary>
/// <param name="Samples">Kept samples of the model.</param>
/// <param name="Start">The sampler from which learning starts.</param>
/// <param name="Options">Seeds and batches.</param>
/// <param name="Features">The feature network; null for none.</param>
/// <param name="Reference">Reference statistics; null for none.</param>
public sealed record TuningContext(
    SampleCache Samples, SamplerTableau Start, TunerOptions Options, IFeatureExtractor? Features, ReferenceStatistics? Reference) : IDisposable
{
    private readonly List<IDisposable> _owned = [];

    /// <summary>Takes something over.</summary>
    public T Owns<T>(T thing)
        where T : IDisposable
    {
        _owned.Add(thing);
        return thing;
    }

    /// <summary>The feature network, which a loss must have.</summary>
    /// <exception cref="InvalidInputException">There is none.</exception>
    public IFeatureExtractor FeaturesFor(TuningLoss loss) => Features ?? throw new InvalidInputException($"{loss.Type.Name}: needs a feature network");

    /// <summary>The reference statistics, which a loss must have.</summary>
    /// <exception cref="InvalidInputException">There are none.</exception>
    public ReferenceStatistics ReferenceFor(TuningLoss loss) =>
        Reference ?? throw new InvalidInputException($"{loss.Type.Name}: needs reference statistics; make them with 'evaluate ref' and name them");

    /// <summary>Frees what was taken over.</summary>
    public void Dispose() => _owned.ForEach(thing => thing.Dispose());
}
