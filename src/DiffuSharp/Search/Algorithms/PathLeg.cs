using DiffuSharp.Sampling;

namespace DiffuSharp.Search.Algorithms;

/// <summary>A stretch of a search over paths: from a noise level down to a lower one.</summary>
/// <param name="From">Row of the sampler at which it starts.</param>
/// <param name="To">Row at which it ends.</param>
/// <param name="Segment">The rows between them.</param>
public sealed record PathLeg(int From, int To, SamplerTableau Segment);
