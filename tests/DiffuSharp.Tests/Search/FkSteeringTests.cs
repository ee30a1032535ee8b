using DiffuSharp.Denoising;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Schedules;
using DiffuSharp.Search;
using DiffuSharp.Search.Algorithms;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Search;

public class FkSteeringTests
{
    [Theory]
    [InlineData(Potential.Diff, 0.95)]
    [InlineData(Potential.Max, 0.95)]
    [InlineData(Potential.Sum, 0.95)]
    [InlineData(Potential.Diff, 0.0)]
    public void Weighted_particles_follow_the_tilted_mixture(Potential potential, double ess)
    {
        // p(x) exp(λ a·x) of ½ N(m, s² I) + ½ N(−m, s² I) is a mixture with shares ∝ exp(±λ a·m) and means ±m + λ s² a; the symmetry makes the plain shares exact for
        // any sampler. 10 000 particles: the upper share is 0.73, and 0.5 without tilt, 0.88 if λ were applied twice; its standard error is below 0.01 with three
        // resamplings. The mean of the upper component is 0.523 against 0.5.
        const double lambda = 1;
        const double s = 0.15;
        double[] m = [0.5, -0.2];
        using var scope = torch.NewDisposeScope();
        using var denoiser = new GaussianMixtureDenoiser(new ImageShape(1, 1, 2), [1, 1], [m, [.. m.Select(v => -v)]], [s, s]);
        var sampler = new Ddim { Eta = 1 }.Build(NoiseLevels.EDM(60, new SigmaRange(0.01, 10)));
        var problem = Toy.Problem(denoiser, sampler, 1, 1) with { Verifier = new LinearVerifier(1, 0), Batch = 10_000 };
        var cloud = new CapturedCloud { Filter = new FkSteering { Particles = 10_000, Lambda = lambda, Potential = potential, EssThreshold = ess, Every = 15 } };
        Should.Throw<InvalidInputException>(() => new Searcher(problem, cloud).Run());

        var weights = Resampling.Normalise(cloud.LogWeights);
        var upper = weights.Zip(cloud.Rewards).Where(pair => pair.Second > 0).ToArray();
        var share = upper.Sum(pair => pair.First);
        share.ShouldBe(1 / (1 + Math.Exp(-2 * lambda * m[0])), 0.04);
        (upper.Sum(pair => pair.First * pair.Second) / share).ShouldBe(m[0] + (lambda * s * s), 0.012);
        (cloud.Lines.Distinct().Count() < 10_000).ShouldBe(ess > 0);
    }

    [Fact]
    public void A_weighted_search_draws_once_whatever_the_budget()
    {
        using var denoiser = Toy.Mixture();
        var fk = new FkSteering { Particles = 4, Weighted = true };
        var once = new Searcher(Toy.Problem(denoiser, Toy.Noisy(), 4 * Toy.Noisy().Nfe), fk).Run();
        var rich = new Searcher(Toy.Problem(denoiser, Toy.Noisy(), 16 * Toy.Noisy().Nfe), fk).Run();

        rich.Images.ShouldAllBe(image => image.Trace.Count == 1);
        rich.Images.Select(image => image.Best).ShouldBe(once.Images.Select(image => image.Best));
        new Searcher(Toy.Problem(denoiser, Toy.Noisy(), 16 * Toy.Noisy().Nfe), fk with { Weighted = false }).Run().Images.ShouldAllBe(image => image.Trace.Count == 4);
    }

    [Theory]
    [InlineData(Potential.Diff)]
    [InlineData(Potential.Max)]
    [InlineData(Potential.Sum)]
    public void Potentials_telescope_to_the_reward_of_the_sample(Potential potential)
    {
        var random = new Random(4);
        for (var length = 0; length < 12; length++)
        {
            var state = new PotentialState(potential, 1.7);
            double product = 0;
            for (var i = 0; i < length; i++)
            {
                (var weight, state) = state.Weigh((random.NextDouble() * 4) - 2);
                product += weight;
            }

            var reward = (random.NextDouble() * 4) - 2;
            (product + state.Finish(reward)).ShouldBe(1.7 * reward, 1e-12);
        }
    }

    [Fact]
    public void Potentials_weigh_differences_maxima_and_sums()
    {
        Weights(Potential.Diff).ShouldBe([2, -4, 6], 1e-12);
        Weights(Potential.Max).ShouldBe([2, 2, 4], 1e-12);
        Weights(Potential.Sum).ShouldBe([2, 0, 4], 1e-12);

        static double[] Weights(Potential potential)
        {
            var state = new PotentialState(potential, 2);
            var weights = new List<double>();
            foreach (var reward in new double[] { 1, -1, 2 })
            {
                (var weight, state) = state.Weigh(reward);
                weights.Add(weight);
            }

            return [.. weights];
        }
    }

    [Fact]
    public void Systematic_resampling_takes_each_particle_as_often_as_its_weight_says()
    {
        var random = new Random(2);
        var counts = new double[4];
        double[] weights = [0.1, 0.45, 0, 0.45];
        for (var i = 0; i < 4000; i++)
        {
            var ancestors = Resampling.Systematic(weights, random.NextDouble());
            ancestors.ShouldBe(ancestors.Order());
            for (var p = 0; p < 4; p++)
            {
                var count = ancestors.Count(a => a == p);
                count.ShouldBeInRange((int)Math.Floor(4 * weights[p]), (int)Math.Ceiling(4 * weights[p]));
                counts[p] += count / 16000.0;
            }
        }

        counts.ShouldBe(weights, 0.01);
        Resampling.EffectiveSize([0.5, 0.5, 0, 0]).ShouldBe(2, 1e-12);
        Resampling.Normalise([1000, 1000, double.NegativeInfinity]).ShouldBe([0.5, 0.5, 0], 1e-12);
    }

    [Fact]
    public void A_deterministic_sampler_is_refused()
    {
        using var denoiser = Toy.Gaussian();
        Should.Throw<InvalidInputException>(() => new Searcher(Toy.Problem(denoiser, Toy.Heun(), 1000), new FkSteering()))
            .Message.ShouldContain("--eta 1");
    }

    [Fact]
    public void The_line_of_the_winner_gives_its_image_again()
    {
        using var scope = torch.NewDisposeScope();
        using var denoiser = Toy.Mixture();
        var problem = Toy.Problem(denoiser, Toy.Noisy(), 4 * Toy.Noisy().Nfe);
        foreach (var algorithm in new SearchAlgorithm[] { new FkSteering { Particles = 4, Lambda = 20, EssThreshold = 1 }, new StepSelection { Children = 3 } })
        {
            foreach (var image in new Searcher(problem, algorithm).Run().Images)
            {
                using var noise = new DiffuSharp.Search.Noise.CandidateNoiseSource([image.Improvements[^1].Noise!], Toy.Shape);
                using var run = new DiffuSharp.Sampling.SamplerRun(problem.Sampler, denoiser, noise);
                DiffuSharp.Sampling.SamplePixels.Of(run.Finish(), [image.Seed])[0].ShouldBe(image.Final.Image.Pixels);
            }
        }
    }
}
