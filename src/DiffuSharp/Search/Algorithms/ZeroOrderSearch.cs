using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;
using DiffuSharp.Search.Noise;

namespace DiffuSharp.Search.Algorithms;

/// <summary>
/// Zero-order search (Ma et al. 2025): around a pivot, N neighbours at a given cosine are tried; the best of them and the pivot is the next pivot. The first
/// pivot is the seed's own noise. NFE = (1 + iterations × N) × NFE of a candidate: a pivot's score is known and costs nothing.
/// </summary>
[Recipe("zero-order", Source = "Ma et al. 2025")]
public sealed record ZeroOrderSearch : SearchAlgorithm
{
    /// <summary>N, neighbours in each iteration, at least 1.</summary>
    [Range(1, 1 << 20)]
    public int Candidates { get; init; } = 4;

    /// <summary>λ, the cosine between a neighbour and its pivot, in [0, 1).</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    [RecipeOption(Name = "lambda")]
    public double Cosine { get; init; } = 0.95;

    /// <summary>Keep the draws of noisy rows and search the prior's only.</summary>
    [RecipeOption(Name = "prior-only")]
    public bool PriorOnly { get; init; }

    /// <inheritdoc/>
    public override bool FindsNoise => true;

    /// <inheritdoc/>
    public override void Run(SearchBlock block)
    {
        var cost = block.Problem.CostOf(block.Problem.Sampler);
        block.Generate([.. block.WhoAfford(cost, 1).Select(i => new Candidate(i, block.Images[i].Own))]);
        for (var iteration = 1; block.WhoAfford(Candidates * cost, Candidates) is { Length: > 0 } images; iteration++)
        {
            block.Generate([.. images.SelectMany(i => Enumerable.Range(0, Candidates).Select(j => new Candidate(i, Neighbour(block.Images[i], iteration, j))))]);
        }
    }

    // The pivot is the last improvement: a neighbour that is not better never becomes one.
    private NeighbourNoise Neighbour(SearchedImage image, int iteration, int j) => new(
        image.Improvements[^1].Noise!, NoiseAddress.Of(image.Seed, DrawPurpose.Neighbour, iteration, j), Cosine, PriorOnly, $"#{iteration}.{j}");
}
