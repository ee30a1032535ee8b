using DiffuSharp.Sampling;
using DiffuSharp.Torch;

namespace DiffuSharp.Search.Noise;

/// <summary>The draws of several candidates as one batch.</summary>
public sealed class CandidateNoiseSource(IEnumerable<CandidateNoise> noises, ImageShape shape) : INoiseSource, IDisposable
{
    private readonly IEnumerator<Tensor>[] _draws = [.. noises.Select(noise => noise.Draws(shape).GetEnumerator())];

    /// <inheritdoc/>
    public Tensor Next()
    {
        using var scope = torch.NewDisposeScope();
        return torch.stack(Array.ConvertAll(_draws, Advance)).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the generators.</summary>
    public void Dispose() => Array.ForEach(_draws, draws => draws.Dispose());

    private static Tensor Advance(IEnumerator<Tensor> draws) =>
        draws.MoveNext() ? draws.Current : throw new InvalidOperationException("the noise of a candidate has fewer draws than the sampler");
}
