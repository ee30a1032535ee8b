using DiffuSharp.Denoising;
using DiffuSharp.Sampling;
using DiffuSharp.Schedules;
using DiffuSharp.Torch;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Sampling;

public class ReverseProcessTests
{
    private static readonly ImageShape s_shape = new(1, 2, 2);
    private static readonly DiscreteNoiseSchedule s_schedule = DiscreteNoiseSchedule.Linear(50, 2e-3, 0.4);

    [Fact]
    public void Without_clipping_the_mean_is_that_of_Algorithm_2()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(60);
        using var denoiser = new GaussianDenoiser(s_shape, 0.6);
        var process = new ReverseProcess(denoiser, s_schedule, ReverseVariance.FixedLarge, clip: false);
        foreach (var t in new[] { 1, 2, 25, 50 })
        {
            var (beta, bar) = (s_schedule.Beta(t), s_schedule.AlphaBar(t));
            var x = randn([3, 1, 2, 2], generator, ScalarType.Float64);
            var step = process.At(x, [t]);
            var epsilon = (x - (step.Denoised * Math.Sqrt(bar))) / Math.Sqrt(1 - bar);
            var mean = (x - (epsilon * (beta / Math.Sqrt(1 - bar)))) / Math.Sqrt(1 - beta);
            (step.Mean - mean).abs().max().item<double>().ShouldBeLessThan(1e-12);
            step.LogVariance.item<double>().ShouldBe(Math.Log(t == 1 ? s_schedule.PosteriorVariance(2) : beta), 1e-12);
        }
    }

    [Theory]
    [InlineData(-1, ReverseVariance.FixedSmall)]
    [InlineData(1, ReverseVariance.FixedLarge)]
    public void The_ends_of_the_learned_variance_are_the_fixed_ones(double fraction, ReverseVariance same)
    {
        using var scope = NewDisposeScope();
        using var exact = new GaussianDenoiser(s_shape, 0.6);
        var learned = new ReverseProcess(new GivenVariance(exact, fraction), s_schedule, ReverseVariance.Learned);
        var fixedOne = new ReverseProcess(exact, s_schedule, same);
        var x = ones([2, 1, 2, 2], ScalarType.Float64);
        foreach (var t in new[] { 2, 30, 50 })
        {
            (learned.At(x, [t]).LogVariance - fixedOne.At(x, [t]).LogVariance).abs().max().item<double>().ShouldBeLessThan(1e-12);
        }
    }

    [Fact]
    public void Between_its_ends_the_logarithm_of_the_learned_variance_is_linear()
    {
        // Nichol and Dhariwal 2021, eq. 15: exp(v ln beta + (1 - v) ln beta~) with v = (fraction + 1)/2.
        using var scope = NewDisposeScope();
        using var exact = new GaussianDenoiser(s_shape, 0.6);
        var learned = new ReverseProcess(new GivenVariance(exact, -0.5), s_schedule, ReverseVariance.Learned);
        var expected = (0.25 * Math.Log(s_schedule.Beta(30))) + (0.75 * Math.Log(s_schedule.PosteriorVariance(30)));
        learned.At(ones([1, 1, 2, 2], ScalarType.Float64), [30]).LogVariance.max().item<double>().ShouldBe(expected, 1e-12);
    }

    [Fact]
    public void Steps_may_differ_within_a_batch()
    {
        using var scope = NewDisposeScope();
        using var denoiser = new GaussianDenoiser(s_shape, 0.6);
        var process = new ReverseProcess(denoiser, s_schedule, ReverseVariance.FixedSmall);
        var x = randn([2, 1, 2, 2], dtype: ScalarType.Float64);
        var both = process.At(x, [7, 40]);
        (both.Mean[1] - process.At(x[1..2], [40]).Mean[0]).abs().max().item<double>().ShouldBeLessThan(1e-14);
        var noise = ones([2, 1, 2, 2], ScalarType.Float64);
        process.Diffuse(x, [0, 40], noise)[0].equal(x[0]).ShouldBeTrue();
    }

    [Fact]
    public void Samples_of_a_Gaussian_have_its_variance()
    {
        // 200 steps of a clipped chain with the exact denoiser; 8192 values leave a deviation of std/√(2·8192) = 0.0028 to the std.
        using var scope = NewDisposeScope();
        var shape = new ImageShape(1, 8, 8);
        using var denoiser = new GaussianDenoiser(shape, 0.25);
        using var noise = new SeededNoise(Enumerable.Range(0, 128).Select(i => (long)i), shape);
        var process = new ReverseProcess(denoiser, DiscreteNoiseSchedule.Linear(200, 5e-4, 0.1), ReverseVariance.FixedSmall);
        var seen = new List<(int Step, double Std)>();
        var samples = process.Sample(noise.Next(), 200, noise, observe: (t, clean) => seen.Add((t, clean.std().item<double>())));
        samples.std().item<double>().ShouldBe(0.25, 0.02);
        samples.mean().item<double>().ShouldBe(0, 5 * 0.25 / Math.Sqrt(8192));
        seen.Select(item => item.Step).ShouldBe(Enumerable.Range(1, 200).Reverse());
        seen[0].Std.ShouldBeLessThan(0.01);   // x̂_0 starts at the mean of the data
        seen[^1].Std.ShouldBe(0.25, 0.02);
        denoiser.Evaluations.ShouldBe(200 * 128);
    }

    [Fact]
    public void A_chain_keeps_only_its_result_and_does_not_touch_its_start()
    {
        using var scope = NewDisposeScope();
        using var denoiser = new GaussianDenoiser(s_shape, 0.6);
        using var noise = new SeededNoise([1], s_shape);
        var start = ones([1, 1, 2, 2], ScalarType.Float64);
        var before = scope.Count;
        new ReverseProcess(denoiser, s_schedule).Sample(start, 50, noise);
        scope.Count.ShouldBe(before + 1);
        start.sum().item<double>().ShouldBe(4);
    }

    [Fact]
    public void Variances_that_the_model_does_not_predict_are_refused()
    {
        using var denoiser = new GaussianDenoiser(s_shape, 0.6);
        Should.Throw<InvalidInputException>(() => new ReverseProcess(denoiser, s_schedule, ReverseVariance.Learned)).Message.ShouldContain("fixed_small");
    }
}
