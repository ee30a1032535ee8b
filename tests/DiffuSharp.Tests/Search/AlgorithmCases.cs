using DiffuSharp.Sampling;
using DiffuSharp.Search;
using DiffuSharp.Search.Algorithms;

namespace DiffuSharp.Tests.Search;

/// <summary>Every algorithm with a sampler that suits it and what a budget buys for each image; null where that differs between images.</summary>
public sealed record AlgorithmCase(SearchAlgorithm Algorithm, SamplerTableau Sampler, long Budget, long? Nfe, long? Evaluations)
{
    public override string ToString() => $"{Algorithm.Name}/{Sampler.Nfe}/{Budget}";
}

internal static class AlgorithmCases
{
    public static IEnumerable<AlgorithmCase> All
    {
        get
        {
            var (heun, noisy) = (Toy.Heun(6), Toy.Noisy()); // 11 and 5 NFE
            yield return Exact(new RandomSearch(), heun, 7 * 11 + 3, 7 * 11);
            yield return Exact(new RandomSearch(), noisy, 40, 40);
            yield return Exact(new ZeroOrderSearch { Candidates = 2 }, heun, 60, (1 + (2 * 2)) * 11);
            yield return Exact(new ZeroOrderSearch { Candidates = 4, Cosine = 0.8 }, noisy, 100, (1 + (4 * 4)) * 5);

            // On 6 Heun steps t = 0.5 (σ = 1) is row 4, a jump to 0.8 (σ = 4) row 2, then t = 0.2 (σ = 0.25) row 6, up to t = 0.5, down to the sample.
            var paths = new PathSearch { Survivors = 2, Children = 3, Start = 0.5, Forward = 0.3, Backward = 0.6 };
            yield return Exact(paths, heun, 165, 2 * Paths(heun, paths));
            yield return Exact(new FkSteering { Particles = 3, Lambda = 5 }, noisy, 35, 30);
            yield return Exact(new StepSelection { Children = 3, Temperature = 0.1 }, noisy, 45, Svdd(noisy, 3) * 3);
            yield return Exact(new NoiseTrajectorySearch { Candidates = 3, Iterations = 2 }, noisy, 60, Svdd(noisy, (3 * 2) + 1) * 2);
            yield return Exact(new EvolutionarySearch { Population = 4 }, heun, 150, 3 * 4 * 11);

            // A gradient is one run and its repetition in evaluations, and counts as 1 + 3 runs.
            yield return new AlgorithmCase(new FirstOrderSearch { LearningRate = 50 }, heun, 120, (1 + (2 * 4)) * 11, (1 + (2 * 2)) * 11);
            yield return Exact(new AdaptiveAllocation { Preview = Toy.Heun(2), Previews = 4 }, heun, 69, 69);
        }
    }

    private static AlgorithmCase Exact(SearchAlgorithm algorithm, SamplerTableau sampler, long budget, long? nfe) =>
        new(algorithm, sampler, budget, nfe, nfe);

    private static long Paths(SamplerTableau heun, PathSearch paths)
    {
        var plan = new PathPlan(heun, paths);
        plan.First.To.ShouldBe(4);
        plan.Rounds.Select(leg => (leg.From, leg.To)).ShouldBe([(2, 6), (4, 11)]);
        return (2 * 4) + (6 * (4 + 1)) + (6 * 7);
    }

    private static long Svdd(SamplerTableau noisy, int children)
    {
        noisy.Rows.Count(row => row.Noise != 0).ShouldBe(4);
        return 1 + (4 * children);
    }
}
