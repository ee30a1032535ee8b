using DiffuSharp.Search;

namespace DiffuSharp.Tests.Search;

public sealed class EveryAlgorithmTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<AlgorithmCase> Cases => [.. AlgorithmCases.All];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Costs_what_the_arithmetic_of_its_budget_says(AlgorithmCase c)
    {
        using var denoiser = Toy.Mixture();
        var problem = Toy.Problem(denoiser, c.Sampler, c.Budget);
        var result = new Searcher(problem, c.Algorithm).Run();

        result.Ledger.Search.Nfe.ShouldBe(problem.Seeds.Count * c.Nfe ?? result.Ledger.Search.Evaluations);
        result.Ledger.Search.Evaluations.ShouldBe(problem.Seeds.Count * c.Evaluations ?? result.Ledger.Search.Nfe);
        result.Ledger.Search.Nfe.ShouldBeInRange((long)(0.7 * problem.Seeds.Count * c.Budget), problem.Seeds.Count * c.Budget);
        (result.Ledger.Search.Evaluations + result.Ledger.Plain.Evaluations).ShouldBe(denoiser.Evaluations);
        result.Ledger.Final.Nfe.ShouldBe(0);
        result.Ledger.WinnersKept.ShouldBeTrue();
        result.Images.Sum(i => i.Nfe).ShouldBe(result.Ledger.Search.Nfe);
        result.Images.Sum(i => i.VerifierCalls).ShouldBe(result.Ledger.Search.VerifierCalls);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Finds_the_same_again_and_in_other_batch_sizes(AlgorithmCase c)
    {
        using var denoiser = Toy.Mixture();
        var problem = Toy.Problem(denoiser, c.Sampler, c.Budget);
        var first = new Searcher(problem, c.Algorithm).Run();

        ShouldBeTheSame(new Searcher(problem, c.Algorithm).Run(), first);
        ShouldBeTheSame(new Searcher(problem with { Batch = 3 }, c.Algorithm).Run(), first);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Goes_on_after_a_kill_to_the_same_result(AlgorithmCase c)
    {
        using var denoiser = Toy.Mixture();
        var problem = Toy.Problem(denoiser, c.Sampler, c.Budget);
        var whole = new Searcher(problem, c.Algorithm).Run();
        var path = _folder["units"];
        for (var units = 1; ; units++)
        {
            try
            {
                ShouldBeTheSame(new Searcher(problem, c.Algorithm, new KilledJournal(new SearchCheckpoint(path, "x"), units)).Run(), whole);
                break;
            }
            catch (OperationCanceledException)
            {
                new SearchCheckpoint(path, "x").Count.ShouldBe(units);
            }
        }

        var evaluations = denoiser.Evaluations;
        ShouldBeTheSame(new Searcher(problem, c.Algorithm, new SearchCheckpoint(path, "x")).Run(), whole);
        denoiser.Evaluations.ShouldBe(evaluations);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Improves_on_the_mean_of_plain_samples(AlgorithmCase c)
    {
        using var denoiser = Toy.Mixture();
        var result = new Searcher(Toy.Problem(denoiser, c.Sampler, c.Budget, images: 20) with { Block = 20 }, c.Algorithm).Run();

        result.Images.Average(i => i.Final.Score).ShouldBeGreaterThan(result.Images.Average(i => i.Plain.Score));
        foreach (var image in result.Images)
        {
            image.Improvements.Select(i => i.Score).ShouldBe(image.Improvements.Select(i => i.Score).Order());
            image.Trace.Max(p => p.Score).ShouldBe(image.Best);
            image.Final.Score.ShouldBe(image.Best);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gives_every_image_a_candidate_however_little_time_there_is(AlgorithmCase c)
    {
        using var denoiser = Toy.Mixture();
        var problem = Toy.Problem(denoiser, c.Sampler, c.Budget);
        problem = problem with { Budget = problem.Budget with { Seconds = 1e-9 } };
        var result = new Searcher(problem, c.Algorithm).Run();

        result.Images.ShouldAllBe(image => image.Trace.Count > 0);
        result.Ledger.Search.Nfe.ShouldBeLessThanOrEqualTo(problem.Seeds.Count * c.Budget);
    }

    [Fact]
    public void A_checkpoint_without_a_unit_leaves_nothing_and_refuses_nothing()
    {
        _ = new SearchCheckpoint(_folder["units"], "one");
        Directory.Exists(_folder["units"]).ShouldBeFalse();
        Directory.CreateDirectory(_folder["units"]);
        File.WriteAllText(_folder["units/search.txt"], "one"); // killed before the first unit
        new SearchCheckpoint(_folder["units"], "two").Write(0, new SearchUnit([], default));
        new SearchCheckpoint(_folder["units"], "two").Count.ShouldBe(1);
    }

    [Fact]
    public void A_checkpoint_of_another_search_is_refused()
    {
        new SearchCheckpoint(_folder["units"], "one").Write(0, new SearchUnit([], default));
        Should.Throw<InvalidInputException>(() => new SearchCheckpoint(_folder["units"], "two")).Message.ShouldContain("other options");
    }

    private static void ShouldBeTheSame(SearchResult actual, SearchResult expected)
    {
        actual.Images.SelectMany(i => i.Trace).ShouldBe(expected.Images.SelectMany(i => i.Trace));
        actual.Images.SelectMany(i => i.Final.Image.Pixels).ShouldBe(expected.Images.SelectMany(i => i.Final.Image.Pixels));
        actual.Images.Select(i => i.Improvements[^1].Noise?.Path).ShouldBe(expected.Images.Select(i => i.Improvements[^1].Noise?.Path));
        actual.Ledger.Search.Nfe.ShouldBe(expected.Ledger.Search.Nfe);
        actual.Ledger.Search.Evaluations.ShouldBe(expected.Ledger.Search.Evaluations);
    }
}
