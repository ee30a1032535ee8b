using DiffuSharp.Sampling;
using DiffuSharp.Search;
using DiffuSharp.Search.Algorithms;
using DiffuSharp.Tests.Training;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Search;

[Collection(TrainingCollection.Name)]  // live tensors are counted for the whole process
public class SearchMemoryTests
{
    public static TheoryData<AlgorithmCase> Cases => [.. AlgorithmCases.All];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_search_frees_all_it_made(AlgorithmCase c)
    {
        using var denoiser = Toy.Mixture();
        var before = LiveTensors.CountWithoutGarbage();
        new Searcher(Toy.Problem(denoiser, c.Sampler, c.Budget), c.Algorithm).Run();

        Tensor.LiveCount.ShouldBe(before);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_search_of_three_times_the_budget_needs_no_more_tensors(AlgorithmCase c) =>
        Peak(c.Algorithm, c.Sampler, 3 * c.Budget).ShouldBe(Peak(c.Algorithm, c.Sampler, c.Budget));

    [Fact]
    public void A_longer_run_within_one_candidate_needs_no_more_tensors()
    {
        Peak(Ascent(12), Toy.Heun(6), 1000).ShouldBe(Peak(Ascent(3), Toy.Heun(6), 1000));
        Peak(Greedy(12), Toy.Noisy(), 1000).ShouldBe(Peak(Greedy(3), Toy.Noisy(), 1000));

        // Rounds from t = 0.5 down to the sample by 0.1 each, and by 0.03.
        var (few, many) = (Paths(0.1), Paths(0.03));
        Rounds(many).ShouldBeGreaterThan(2 * Rounds(few));
        Peak(many, Toy.Heun(24), 10_000).ShouldBe(Peak(few, Toy.Heun(24), 10_000));

        static FirstOrderSearch Ascent(int iterations) => new() { Iterations = iterations, LearningRate = 50 };
        static NoiseTrajectorySearch Greedy(int iterations) => new() { Candidates = 3, Iterations = iterations };
        static PathSearch Paths(double down) => new() { Start = 0.5, Forward = 0.3, Backward = 0.3 + down };
        static int Rounds(PathSearch paths) => new PathPlan(Toy.Heun(24), paths).Rounds.Count;
    }

    // The most tensors that were alive when candidates were scored, without those that were there before.
    private static long Peak(SearchAlgorithm algorithm, SamplerTableau sampler, long budget)
    {
        using var denoiser = Toy.Mixture();
        var verifier = new PeakVerifier();
        var before = LiveTensors.CountWithoutGarbage();
        new Searcher(Toy.Problem(denoiser, sampler, budget) with { Verifier = verifier }, algorithm).Run();
        return verifier.Peak - before;
    }
}
