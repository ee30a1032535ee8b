using DiffuSharp.Recipes;
using DiffuSharp.Search.Noise;

namespace DiffuSharp.Search.Algorithms;

/// <summary>
/// Best of N: independent noises until the budget is spent (Ma et al. 2025, random search). The first candidate is the seed's own noise. The scores of one run
/// hold those of every smaller budget.
/// </summary>
[Recipe("random", Source = "Ma et al. 2025")]
public sealed record RandomSearch : SearchAlgorithm
{
    /// <inheritdoc/>
    public override bool FindsNoise => true;

    /// <inheritdoc/>
    public override void Run(SearchBlock block)
    {
        var cost = block.Problem.CostOf(block.Problem.Sampler);
        for (var round = 0; block.WhoAfford(cost, 1) is { Length: > 0 } images; round++)
        {
            block.Generate([.. images.Select(i => new Candidate(i, NoiseOf(block.Images[i], round)))]);
        }
    }

    /// <summary>The k-th candidate of an image.</summary>
    internal static CandidateNoise NoiseOf(SearchedImage image, int k) => k == 0
        ? image.Own
        : new FreshNoise(NoiseAddress.Of(image.Seed, DrawPurpose.Candidate, k), $"seed {image.Seed} / candidate {k}");
}
