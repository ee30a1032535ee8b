using DiffuSharp.Sampling;
using DiffuSharp.Search;
using DiffuSharp.Search.Algorithms;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Search;

public class RandomSearchTests
{
    [Fact]
    public void The_best_score_follows_the_order_statistics_of_the_scores()
    {
        // Linear model and verifier: scores are N(0, s²) exactly, so Φ(best/s)^N is uniform. Kolmogorov-Smirnov over 1500 images; at the 0.1 % level it finds
        // a maximum over N ± 1 candidates with more than 99 % power (D = 0.09 for N = 4).
        const int candidates = 4;
        const int images = 1500;
        using var denoiser = Toy.Gaussian();
        var problem = Toy.Problem(denoiser, Toy.Heun(), candidates * Toy.Heun().Nfe, images) with { Batch = 500, Block = 1500 };
        var result = new Searcher(problem, new RandomSearch()).Run();

        var s = 0.5 * Gain(denoiser);
        double[] uniform = [.. result.Images.Select(image => Math.Pow(Phi(image.Best / s), candidates)).Order()];
        var distance = uniform.Select((u, i) => Math.Max(((i + 1.0) / images) - u, u - ((double)i / images))).Max();
        distance.ShouldBeLessThan(1.95 / Math.Sqrt(images));
    }

    [Fact]
    public void The_first_candidate_is_the_plain_sample_of_the_seed()
    {
        using var denoiser = Toy.Mixture();
        var sampler = Toy.Noisy();
        var result = new Searcher(Toy.Problem(denoiser, sampler, 20), new RandomSearch()).Run();
        var plain = new ImageGenerator(denoiser, sampler, new ImageGeneratorOptions { Seeds = [.. result.Images.Select(i => i.Seed)] }).Generate().Single();

        for (var i = 0; i < plain.Count; i++)
        {
            result.Images[i].Improvements[0].Image.Pixels.ShouldBe(plain[i].Image.Pixels);
            result.Images[i].Plain.Image.Pixels.ShouldBe(plain[i].Image.Pixels);
            result.Images[i].Trace[0].Score.ShouldBe(result.Images[i].Plain.Score, 1e-12);
        }
    }

    [Fact]
    public void One_run_holds_the_result_of_every_smaller_budget()
    {
        using var denoiser = Toy.Mixture();
        var sampler = Toy.Heun();
        long[] milestones = [sampler.Nfe, 3 * sampler.Nfe, 8 * sampler.Nfe];
        var whole = new Searcher(Toy.Problem(denoiser, sampler, 8 * sampler.Nfe) with { Milestones = milestones }, new RandomSearch()).Run();

        whole.Milestones.Select(m => m.Nfe).ShouldBe(milestones);
        foreach (var milestone in whole.Milestones)
        {
            var part = new Searcher(Toy.Problem(denoiser, sampler, milestone.Nfe), new RandomSearch()).Run();
            milestone.Images.Select(i => i.Score).ShouldBe(part.Images.Select(i => i.Best));
            milestone.Images.SelectMany(i => i.Image.Pixels).ShouldBe(part.Images.SelectMany(i => i.Final.Image.Pixels));
        }
    }

    [Fact]
    public void A_final_sampler_runs_the_winning_noise_again_and_is_charged()
    {
        using var denoiser = Toy.Mixture();
        var (preview, full) = (Toy.Heun(2), Toy.Heun(6));
        var problem = Toy.Problem(denoiser, preview, (4 * preview.Nfe) + full.Nfe) with { FinalSampler = full };
        var result = new Searcher(problem, new RandomSearch()).Run();

        result.Ledger.WinnersKept.ShouldBeFalse();
        result.Ledger.Search.Evaluations.ShouldBe(5 * 4 * preview.Nfe);
        result.Ledger.Final.Evaluations.ShouldBe(5 * full.Nfe);
        result.Ledger.Total.Nfe.ShouldBe(5 * problem.Budget.Nfe!.Value);
        result.Images.ShouldContain(i => i.Final.Score != i.Best);
    }

    [Fact]
    public void A_budget_that_pays_for_no_candidate_is_refused()
    {
        using var denoiser = Toy.Gaussian();
        Should.Throw<InvalidInputException>(() => new Searcher(Toy.Problem(denoiser, Toy.Heun(), 3), new RandomSearch()).Run())
            .Message.ShouldContain("does not suffice");
    }

    [Fact]
    public void Verifier_calls_limit_a_search_as_network_evaluations_do()
    {
        using var denoiser = Toy.Gaussian();
        var problem = Toy.Problem(denoiser, Toy.Heun(), 1000) with { Budget = new SearchBudget { Nfe = 1000, VerifierCalls = 3 } };
        new Searcher(problem, new RandomSearch()).Run().Ledger.Search.VerifierCalls.ShouldBe(15);
    }

    [Theory]
    [InlineData(8, 10.0, new[] { 5, 5, 5, 5, 5, 5, 5, 5 })]
    [InlineData(5, 10.0, new[] { 8, 8, 8, 8, 2 })]
    [InlineData(8, 0.5, new[] { 1, 1, 1, 1, 1, 1, 1, 1 })]
    public void Seconds_are_shared_by_the_blocks_and_leave_every_image_a_candidate(int images, double seconds, int[] candidates)
    {
        // Blocks of 4, and every batch takes a second.
        using var denoiser = Toy.Gaussian();
        var problem = Toy.Problem(denoiser, Toy.Heun(), 1, images) with { Budget = new SearchBudget { Seconds = seconds } };
        var result = new Searcher(problem, new RandomSearch(), clock: new TickingClock()).Run();

        result.Images.Select(image => image.Trace.Count).ShouldBe(candidates);
        result.Ledger.Plain.Seconds.ShouldBe(1);
    }

    // Samples of a Gaussian model are a multiple of the noise.
    private static double Gain(DiffuSharp.Denoising.IDenoiser denoiser)
    {
        using var scope = torch.NewDisposeScope();
        using var noise = new SeededNoise([1], Toy.Shape);
        using var same = new SeededNoise([1], Toy.Shape);
        using var run = new SamplerRun(Toy.Heun(), denoiser, noise);
        return run.Finish().ToArray<double>()[0] / same.Next().ToArray<double>()[0];
    }

    private static double Phi(double x)
    {
        using var scope = torch.NewDisposeScope();
        return torch.tensor([x]).special_ndtr().item<double>();
    }
}
