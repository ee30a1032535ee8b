using DiffuSharp.Torch;

namespace DiffuSharp.Search.Noise;

/// <summary>Independent noise at an address.</summary>
/// <param name="Key">The address.</param>
/// <param name="Path">In words.</param>
public sealed record FreshNoise(ulong Key, string Path) : CandidateNoise
{
    /// <inheritdoc/>
    public override string Path { get; } = Path;

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Draws(ImageShape shape)
    {
        for (ulong draw = 0; ; draw++)
        {
            yield return Normal(SplitMix64.Mix(Key, draw), shape);
        }
    }
}
