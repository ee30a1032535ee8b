using DiffuSharp.Denoising;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Running;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Schedules;
using DiffuSharp.Tests.Training.Losses;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Sampling;

public sealed class LearnedVarianceTests
{
    private static readonly ImageShape s_shape = new(1, 2, 2);
    private static readonly DiscreteNoiseSchedule s_process = DiscreteNoiseSchedule.Linear(20, 2e-3, 0.4);
    private static readonly NoiseLevels s_levels = DiscreteLevels.Create(s_process, TimestepStride.Leading, 20);

    [Fact]
    public void The_tableau_is_the_chain_of_the_process()
    {
        using var scope = torch.NewDisposeScope();
        using var model = new TinyVarianceDenoiser(s_shape);
        using var noise = new SeededNoise([1, 2, 3], s_shape);
        using var again = new SeededNoise([1, 2, 3], s_shape);
        var chain = new ReverseProcess(model, s_process, ReverseVariance.Learned, clip: false).Sample(again.Next(), 20, again);
        var tableau = new Ddpm { Variance = ReverseVariance.Learned }.Build(s_levels).ScalePrior(Math.Sqrt(1 + (s_levels[0] * s_levels[0])) / s_levels[0]);
        using var run = new SamplerRun(tableau, model, noise);

        (run.Finish() - chain).abs().max().ToDouble().ShouldBeLessThan(1e-10);
        tableau.NoiseDraws.ShouldBe(19);
    }

    [Theory]
    [InlineData(-1, ReverseVariance.FixedSmall)]
    [InlineData(1, ReverseVariance.FixedLarge)]
    public void Its_ends_are_the_samplers_with_fixed_variance(double fraction, ReverseVariance same)
    {
        using var scope = torch.NewDisposeScope();
        using var exact = new GaussianDenoiser(s_shape, 0.6);
        using var noise = new SeededNoise([4, 5], s_shape);
        using var again = new SeededNoise([4, 5], s_shape);
        using var learned = new SamplerRun(new Ddpm { Variance = ReverseVariance.Learned }.Build(s_levels), new GivenVariance(exact, fraction), noise);
        using var fixedOne = new SamplerRun(new Ddpm { Variance = same }.Build(s_levels), exact, again);

        (learned.Finish() - fixedOne.Finish()).abs().max().ToDouble().ShouldBeLessThan(1e-12);
    }

    [Fact]
    public void Levels_that_coincide_draw_nothing_between_them()
    {
        var levels = new NoiseLevels([4, 2, 2, 1, 0]);
        var tableau = new Ddpm { Variance = ReverseVariance.Learned }.Build(levels);
        tableau.NoiseDraws.ShouldBe(2);
        tableau.Rows.Count(row => row.NoiseFloor is not null).ShouldBe(2);
    }

    [Fact]
    public void A_fork_goes_on_with_the_variances_of_its_members()
    {
        using var scope = torch.NewDisposeScope();
        using var model = new TinyVarianceDenoiser(s_shape);
        using var noise = new SeededNoise([1, 2, 3], s_shape);
        var tableau = new Ddpm { Variance = ReverseVariance.Learned }.Build(s_levels);
        using var run = new SamplerRun(tableau, model, noise);
        run.AdvanceTo(10);
        Tensor[] rest = [.. Enumerable.Range(10, 10).Select(_ => noise.Next())];
        using var fork = run.Fork([2, 0], new ListedNoise(rest.Select(draw => draw.index_select(0, torch.tensor(new long[] { 2, 0 })))));
        using var whole = run.Fork([0, 1, 2], new ListedNoise(rest));

        (fork.Finish() - whole.Finish().index_select(0, torch.tensor(new long[] { 2, 0 }))).abs().max().ToDouble().ShouldBe(0);
    }

    [Fact]
    public void Clipping_leaves_the_variances()
    {
        using var scope = torch.NewDisposeScope();
        using var exact = new GaussianDenoiser(s_shape, [3, 3, 3, 3], [0, 0, 0, 0]);
        var clipped = new ClippedDenoiser(new GivenVariance(exact, 0.25));
        var (denoised, variance) = clipped.DenoiseWithVariance(torch.ones([2, 1, 2, 2], ScalarType.Float64), torch.tensor([1.0]));

        clipped.PredictsVariance.ShouldBeTrue();
        denoised.ToArray<double>().ShouldAllBe(value => value == 1);
        variance.ToArray<double>().ShouldAllBe(value => value == 0.25);
        new ClippedDenoiser(exact).PredictsVariance.ShouldBeFalse();
    }

    [Fact]
    public void Models_without_variances_and_derivatives_are_refused()
    {
        using var exact = new GaussianDenoiser(s_shape, 0.6);
        var tableau = new Ddpm { Variance = ReverseVariance.Learned }.Build(s_levels);
        using var noise = new SeededNoise([1], s_shape);
        Should.Throw<InvalidInputException>(() => new SamplerRun(tableau, exact, noise)).Message.ShouldContain("predicts none");
        Should.Throw<InvalidInputException>(() => TableauLayout.Of(tableau)).Message.ShouldContain("variances");
        Should.Throw<InvalidInputException>(() => new SamplerTableau([new SamplerRow(1, 1, [], [], 0), new SamplerRow(0, 0, [], [new Term(0, 1)], 1, 2)]))
            .Message.ShouldContain("from 2 to 1");
    }
}
