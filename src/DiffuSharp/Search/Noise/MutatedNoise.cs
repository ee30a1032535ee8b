using DiffuSharp.Torch;

namespace DiffuSharp.Search.Noise;

/// <summary>A mutation of every draw of a parent that keeps it unit normal: √(1 − β²) n + β z (EvoSearch, He et al. 2025).</summary>
/// <param name="Parent">n.</param>
/// <param name="Key">Address of z.</param>
/// <param name="Beta">β in (0, 1].</param>
/// <param name="Step">In words.</param>
public sealed record MutatedNoise(CandidateNoise Parent, ulong Key, double Beta, string Step) : CandidateNoise
{
    /// <inheritdoc/>
    public override string Path => $"{Parent.Path} / mutation {Beta:R} {Step}";

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Draws(ImageShape shape)
    {
        ulong draw = 0;
        foreach (var n in Parent.Draws(shape))
        {
            yield return (n * Math.Sqrt(1 - (Beta * Beta))) + (Normal(SplitMix64.Mix(Key, draw++), shape) * Beta);
        }
    }
}
