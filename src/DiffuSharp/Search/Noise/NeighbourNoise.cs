using DiffuSharp.Torch;

namespace DiffuSharp.Search.Noise;

/// <summary>
/// A neighbour on the sphere of every draw of a parent: y = ‖n‖ (λ u + √(1 − λ²) w) with u = n/‖n‖ and w a random unit vector orthogonal
/// to u (Ma et al. 2025, zero-order search). λ is the cosine between the two; the norm is kept.
/// </summary>
/// <param name="Parent">n.</param>
/// <param name="Key">Address of w.</param>
/// <param name="Cosine">λ in [−1, 1].</param>
/// <param name="PriorOnly">Leave the draws of noisy rows as they are.</param>
/// <param name="Step">In words.</param>
public sealed record NeighbourNoise(CandidateNoise Parent, ulong Key, double Cosine, bool PriorOnly, string Step) : CandidateNoise
{
    /// <inheritdoc/>
    public override string Path => $"{Parent.Path} / neighbour {Cosine:R} {Step}";

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Draws(ImageShape shape)
    {
        ulong draw = 0;
        foreach (var n in Parent.Draws(shape))
        {
            yield return PriorOnly && draw > 0 ? n : Of(n, Normal(SplitMix64.Mix(Key, draw), shape), Cosine);
            draw++;
        }
    }

    /// <summary>y from n and a direction.</summary>
    /// <param name="n">Noise of any shape.</param>
    /// <param name="direction">Unit normal noise of the same shape; its part orthogonal to n is used.</param>
    /// <param name="cosine">λ.</param>
    public static Tensor Of(Tensor n, Tensor direction, double cosine)
    {
        using var scope = torch.NewDisposeScope();
        var norm = n.square().sum().sqrt();
        var u = n / norm;
        var across = direction - (u * (direction * u).sum());

        // Twice is enough (Kahan): the first pass leaves a part along u of the size of rounding.
        across = across - (u * (across * u).sum());
        var w = across / across.square().sum().sqrt();
        return (norm * ((u * cosine) + (w * Math.Sqrt(1 - (cosine * cosine))))).MoveToOuterDisposeScope();
    }
}
