using DiffuSharp.Sampling;

namespace DiffuSharp.Tuning;

/// <summary>What a run has learned.</summary>
/// <param name="Outcome">Why it ended.</param>
/// <param name="Sampler">The sampler of the best validation metric; the base itself if nothing was better.</param>
/// <param name="BestIteration">Steps after which it was found.</param>
/// <param name="Best">Its validation metric; NaN if no measurement was finite.</param>
/// <param name="Initial">The validation metric of the sampler from which the run started.</param>
/// <param name="History">All entries.</param>
public sealed record TuningResult(
    TuningOutcome Outcome, SamplerTableau Sampler, int BestIteration, double Best, double Initial, IReadOnlyList<TuningPoint> History);
