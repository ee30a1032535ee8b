using DiffuSharp.Torch;

namespace DiffuSharp.Search.Noise;

/// <summary>The noise of a plain sample: PyTorch's stream for the image's seed, so that the candidate is the image that <c>sample</c> makes.</summary>
/// <param name="Seed">Seed of the image, modulo 2³².</param>
/// <param name="Classes">Number of classes from which one is drawn after the latents; 0 where the class is given or there is none.</param>
public sealed record SeedNoise(long Seed, int Classes) : CandidateNoise
{
    /// <inheritdoc/>
    public override string Path => $"seed {Seed}";

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Draws(ImageShape shape)
    {
        using var generator = new Generator((ulong)Seed & uint.MaxValue);
        for (var first = true; ; first = false)
        {
            yield return torch.randn([shape.Channels, shape.Height, shape.Width], generator, ScalarType.Float64);
            if (first && Classes > 0)
            {
                torch.randint(0, Classes, [1], generator).Dispose();
            }
        }
    }
}
