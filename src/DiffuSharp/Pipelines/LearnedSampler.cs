using DiffuSharp.Sampling;
using DiffuSharp.Tuning;
using DiffuSharp.Tuning.Families;

namespace DiffuSharp.Pipelines;

/// <summary>What a learned sampler's file says of how it was learned.</summary>
public static class LearnedSampler
{
    /// <summary>What decides the run: model, family, start, loss, steps. A run goes on only with the same.</summary>
    /// <param name="network">The model's file.</param>
    /// <param name="hash">Fingerprint of its weights.</param>
    /// <param name="family">What is learned.</param>
    /// <param name="start">Where it starts.</param>
    /// <param name="loss">What is said of loss and validation.</param>
    /// <param name="options">Steps, batch, step size.</param>
    /// <param name="realTimes">Whether a discrete model gets real-valued times.</param>
    public static IReadOnlyList<KeyValuePair<string, string>> Describe(
        string network, string hash, SamplerFamily family, SamplerMetadata start, IEnumerable<KeyValuePair<string, string>> loss, TunerOptions options, bool realTimes) =>
    [
        new("model", Path.GetFileName(network)),
        new(SamplerMetadata.ModelHash, hash),
        new("family", family.Name),
        new("base", $"{start.Solver} {string.Join(' ', start.Options.Select(o => $"{o.Key}={o.Value}"))}"),
        new("free", string.Join(' ', family.named_parameters().Where(p => p.Value.requires_grad).Select(p => p.Name))),
        new("scalars", $"{family.FreeScalars}"),
        .. loss,
        new("iterations", $"{options.Iterations}"),
        new("batch", $"{options.Batch}"),
        new("lr", $"{options.LearningRate:R} {(options.Cosine ? "cosine" : "constant")}"),
        new("seed", $"{options.Seed}"),
        .. realTimes ? new[] { KeyValuePair.Create(SamplerMetadata.Times, SamplerMetadata.Real) } : [],
    ];

    /// <summary>The sampler file of a result.</summary>
    /// <param name="result">The result.</param>
    /// <param name="family">The family's name.</param>
    /// <param name="description">What <see cref="Describe"/> said.</param>
    /// <param name="metric">The validation's name.</param>
    public static SamplerFile File(TuningResult result, string family, IEnumerable<KeyValuePair<string, string>> description, string metric) => new(
        result.Sampler,
        new SamplerMetadata(
            $"{SamplerMetadata.Learned}{family}",
            [
                .. description,
                new("best_iteration", $"{result.BestIteration}"),
                new("validation", $"{metric} {result.Best:R}"),
                new("validation_of_base", $"{metric} {result.Initial:R}"),
            ],
            "diffusharp tune, after Watson et al. 2022 (DDSS)"));
}
