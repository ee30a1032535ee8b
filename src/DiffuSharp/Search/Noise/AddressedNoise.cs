using DiffuSharp.Torch;

namespace DiffuSharp.Search.Noise;

/// <summary>Noise whose draws have an address each: the line of ancestors of a particle.</summary>
/// <param name="Keys">One address for each draw.</param>
public sealed record AddressedNoise(IReadOnlyList<ulong> Keys) : CandidateNoise
{
    /// <inheritdoc/>
    public override string Path => $"line of {Keys.Count} draws {SplitMix64.Mix([.. Keys]):x16}";

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Draws(ImageShape shape) => Keys.Select(key => Normal(key, shape));
}
