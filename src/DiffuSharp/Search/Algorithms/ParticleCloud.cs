using DiffuSharp.Torch;

namespace DiffuSharp.Search.Algorithms;

/// <summary>Finished particles.</summary>
/// <param name="Samples">[members,C,H,W].</param>
/// <param name="Rewards">Scores of the samples.</param>
/// <param name="LogWeights">Logarithms of their weights.</param>
/// <param name="Lines">The addresses of all draws of a particle's line.</param>
internal sealed record ParticleCloud(Tensor Samples, double[] Rewards, double[] LogWeights, ulong[][] Lines);
