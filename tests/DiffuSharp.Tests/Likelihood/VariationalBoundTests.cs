using DiffuSharp.Denoising;
using DiffuSharp.Likelihood;
using DiffuSharp.Sampling;
using DiffuSharp.Schedules;
using DiffuSharp.Torch;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Likelihood;

public class VariationalBoundTests
{
    private const double Std = 0.35;
    private static readonly ImageShape s_shape = new(1, 8, 8);
    private static readonly ImageShape s_large = new(1, 32, 32);

    [Fact]
    public void For_a_Gaussian_the_bound_tends_to_the_entropy_from_above()
    {
        const int Count = 64;
        using var scope = NewDisposeScope();
        using var denoiser = new GaussianDenoiser(s_large, Std);
        var images = Images(Count, s_large);
        var entropy = -DiscretizedGaussian.LogLikelihood(
            images, zeros_like(images), full([1], 2 * Math.Log(Std), ScalarType.Float64)).mean().item<double>() / Math.Log(2);
        var previous = double.PositiveInfinity;
        foreach (var steps in new[] { 20, 60, 180 })
        {
            using var noise = new SeededNoise(Enumerable.Range(0, Count).Select(i => (long)i), s_large);
            var gap = Bound(denoiser, Schedule(steps)).Evaluate(images, noise).Mean - entropy;
            var expected = ExpectedGap(Schedule(steps));
            gap.ShouldBe(expected, 4 * 1.65 / Math.Sqrt(Count * s_large.Count));  // a pixel's bound deviates by 1.3 to 1.65 bits
            expected.ShouldBeInRange(0, previous / 2);
            previous = expected;
        }
    }

    // The standard error of the difference is below 2 % of the bound, so a wrong weight of any part of the steps shows.
    [Theory]
    [InlineData(5)]
    [InlineData(60)]
    public void The_estimate_from_few_steps_is_that_of_all_steps_on_average(int draws)
    {
        const int Count = 128;
        using var scope = NewDisposeScope();
        using var denoiser = new GaussianDenoiser(s_shape, Std);
        var images = Images(Count, s_shape);
        var bound = Bound(denoiser, Schedule(40));
        using var every = new SeededNoise(Enumerable.Range(0, Count).Select(i => (long)i), s_shape);
        var all = bound.Evaluate(images, every).Parts;
        using var noise = new SeededNoise(Enumerable.Range(1000, Count).Select(i => (long)i), s_shape);
        var steps = Enumerable.Range(5000, Count).Select(seed => new Generator((ulong)seed)).ToArray();
        var evaluations = denoiser.Evaluations;
        var few = bound.Estimate(images, draws, noise, steps);
        Array.ForEach(steps, generator => generator.Dispose());

        ((denoiser.Evaluations - evaluations) / Count).ShouldBe(draws + 1);
        few.Select(f => f.Prior).ShouldBe(all.Select(a => a.Prior));
        var differences = few.Zip(all, (f, a) => f.Middle - a.Middle).ToArray();
        var mean = differences.Average();
        var error = Math.Sqrt(differences.Sum(d => (d - mean) * (d - mean)) / (Count - 1) / Count);
        Math.Abs(mean).ShouldBeLessThan(4 * error);
        error.ShouldBeLessThan(0.02 * all.Average(a => a.Middle));
        Should.Throw<InvalidInputException>(() => bound.Estimate(images, 0, noise, steps)).Message.ShouldContain("at least 1");
    }

    [Fact]
    public void The_curve_adds_up_the_terms_and_takes_roots_of_mean_errors()
    {
        var result = VariationalBoundResult.Join(
        [
            new([0.5], [[1, 2, 4]], [[0, 0.01, 0.25]]),
            new([1.5], [[3, 4, 6]], [[0.02, 0.01, 0.25]]),
        ]);
        result.Totals.ShouldBe([7.5, 14.5]);
        result.Mean.ShouldBe(11);
        result.StandardError.ShouldBe(3.5, 1e-12);
        result.Distortion.ShouldBe(2);
        result.Rate.ShouldBe(9);
        var curve = result.Curve();
        curve.Select(point => point.Step).ShouldBe([3, 2, 1]);
        curve.Select(point => point.Rate).ShouldBe([1, 6, 9]);
        curve[0].Rmse.ShouldBe(63.75);
        curve[2].Rmse.ShouldBe(12.75, 1e-12);
    }

    [Fact]
    public void A_seed_gives_an_image_the_same_terms_in_any_batch()
    {
        using var scope = NewDisposeScope();
        using var denoiser = new GaussianDenoiser(s_shape, Std);
        var images = Images(3, s_shape);
        var bound = Bound(denoiser, Schedule(20));
        using var noise = new SeededNoise([0, 1, 2], s_shape);
        using var alone = new SeededNoise([2], s_shape);
        var together = bound.Evaluate(images, noise);
        together.Terms[2].ShouldBe(bound.Evaluate(images[2..3], alone).Terms[0], 1e-12);
    }

    [Fact]
    public void Nothing_stays_behind_and_cancelling_stops()
    {
        using var scope = NewDisposeScope();
        using var denoiser = new GaussianDenoiser(s_shape, Std);
        var images = Images(2, s_shape);
        using var noise = new SeededNoise([0, 1], s_shape);
        var before = scope.Count;
        var done = new List<int>();
        Bound(denoiser, Schedule(20)).Evaluate(images, noise, progress: new Immediate(done.Add)).Prior.Count.ShouldBe(2);
        scope.Count.ShouldBe(before);
        done.ShouldBe(Enumerable.Range(1, 20));
        denoiser.Evaluations.ShouldBe(40);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Should.Throw<OperationCanceledException>(() => Bound(denoiser, Schedule(20)).Evaluate(images, noise, cancellation: cancelled.Token));
    }

    // beta_1 is of the size of a bin, and small beside beta_2, whose posterior variance stands for that of the decoder.
    private static DiscreteNoiseSchedule Schedule(int steps) =>
        new([2.5e-4, .. Enumerable.Range(0, steps - 1).Select(i => 4.0 / steps * (0.25 + (4.0 * i / (steps - 2))))]);

    private static VariationalBound Bound(IDenoiser denoiser, DiscreteNoiseSchedule schedule) =>
        new(new ReverseProcess(denoiser, schedule, ReverseVariance.FixedLarge, clip: false));

    // Bits by which the mean bound of unrounded Gaussian pixels is above their entropy: E (y − D)² = s²σ²/(s² + σ²).
    private static double ExpectedGap(DiscreteNoiseSchedule schedule)
    {
        var last = schedule.AlphaBar(schedule.T);
        var nats = 0.5 * ((Std * Std * last) - last - Math.Log(1 - last) - Math.Log(2 * Math.PI * Math.E * Std * Std));
        for (var t = 1; t <= schedule.T; t++)
        {
            var level = schedule.Sigma(t) * schedule.Sigma(t);
            var error = Std * Std * level / ((Std * Std) + level);
            var posterior = schedule.PosteriorVariance(Math.Max(t, 2));
            var weight = schedule.PosteriorMean(t).X0;
            var (beta, meanError) = (schedule.Beta(t), weight * weight * error);
            nats += 0.5 * (t == 1
                ? Math.Log(2 * Math.PI * posterior) + (error / posterior)
                : Math.Log(beta / posterior) - 1 + ((posterior + meanError) / beta));
        }

        return nats / Math.Log(2);
    }

    // Gaussian images rounded to bytes.
    private static Tensor Images(int count, ImageShape shape)
    {
        using var generator = new Generator(40);
        var values = randn([count, 1, shape.Height, shape.Width], generator, ScalarType.Float64) * Std;
        return ((((values + 1) * 127.5) + 0.5).floor().clamp(0, 255) / 127.5) - 1;
    }

    private sealed class Immediate(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
