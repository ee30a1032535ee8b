using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;
using DiffuSharp.Search.Noise;

namespace DiffuSharp.Search.Algorithms;

/// <summary>
/// Evolution of a population of noises (after EvoSearch, He et al. 2025): parents win tournaments, children are variance-preserving mutations of them, and the best of parents
/// and children are the next population. The first population is the seed's own noise and fresh ones. NFE = (1 + generations) × population × NFE of a candidate.
/// </summary>
[Recipe("evolutionary", Source = "after EvoSearch, He et al. 2025")]
public sealed record EvolutionarySearch : SearchAlgorithm
{
    /// <summary>Members of the population, at least 2.</summary>
    [Range(2, 1 << 20)]
    public int Population { get; init; } = 8;

    /// <summary>Members that fight for being a parent, at least 1.</summary>
    [Range(1, 1 << 20)]
    public int Tournament { get; init; } = 3;

    /// <summary>β, strength of a mutation, in (0, 1].</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Mutation { get; init; } = 0.4;

    /// <inheritdoc/>
    public override bool FindsNoise => true;

    /// <inheritdoc/>
    public override void Run(SearchBlock block)
    {
        var cost = Population * block.Problem.CostOf(block.Problem.Sampler);
        var populations = block.Images.Select(_ => new List<(CandidateNoise Noise, double Score)>()).ToArray();
        for (var generation = 0; block.WhoAfford(cost, Population) is { Length: > 0 } images; generation++)
        {
            Candidate[] children =
            [
                .. images.SelectMany(i => Enumerable.Range(0, Population).Select(k => new Candidate(i, Child(block.Images[i], populations[i], generation, k)))),
            ];
            foreach (var (child, score) in children.Zip(block.Generate(children)))
            {
                populations[child.Image].Add((child.Noise, score));
            }

            foreach (var i in images)
            {
                populations[i] = [.. populations[i].OrderByDescending(member => member.Score).Take(Population)];
            }
        }
    }

    private CandidateNoise Child(SearchedImage image, List<(CandidateNoise Noise, double Score)> population, int generation, int k)
    {
        if (generation == 0)
        {
            return RandomSearch.NoiseOf(image, k);
        }

        var draws = NoiseAddress.Of(image.Seed, DrawPurpose.Tournament, generation, k);
        var fighters = Enumerable.Range(0, Tournament).Select(t => population[(int)(NoiseAddress.Uniform(draws, t) * population.Count)]);
        return new MutatedNoise(
            fighters.MaxBy(member => member.Score).Noise, NoiseAddress.Of(image.Seed, DrawPurpose.Mutation, generation, k), Mutation, $"#{generation}.{k}");
    }
}
