using DiffuSharp.Torch;

namespace DiffuSharp.Tuning.Losses;

/// <summary>Samples that a loss judges together.</summary>
/// <param name="Seeds">The seed of each image's draws.</param>
/// <param name="Samples">[N,C,H,W], float64, as the sampler leaves them: not limited to [−1, 1].</param>
/// <param name="MicroBatch">Images that go through a feature network at once.</param>
public sealed record SampleBatch(IReadOnlyList<long> Seeds, Tensor Samples, int MicroBatch);
