using DiffuSharp.Denoising;
using DiffuSharp.Likelihood;
using DiffuSharp.Schedules;
using DiffuSharp.Tests.Denoising;
using DiffuSharp.Torch;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Likelihood;

public sealed class ProbabilityFlowTests : IDisposable
{
    private static readonly ImageShape s_pair = new(1, 1, 2);
    private static readonly SigmaRange s_range = new(0.05, 20);
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly GaussianMixtureDenoiser _mixture = new(s_pair, [1, 2], [[0.5, 0.3], [-0.6, -0.2]], [0.2, 0.3]);

    public void Dispose()
    {
        _mixture.Dispose();
        _scope.Dispose();
    }

    [Fact]
    public void Gaussian_data_are_only_stretched()
    {
        var gaussian = new DiagonalGaussian(s_pair, [0.1, -0.2], [0.5, 0.02]);
        var latents = new ProbabilityFlow(gaussian, Adaptive(1e-9)).Encode(Image(0.4, -0.25)).ToArray<double>();

        latents[0].ShouldBe(0.1 + (0.3 * Stretch(0.5)), 1e-6);
        latents[1].ShouldBe(-0.2 - (0.05 * Stretch(0.02)), 1e-6);
    }

    [Fact]
    public void Heuns_error_falls_by_four_when_the_steps_are_halved_and_the_round_trip_at_least_so()
    {
        var image = Image(0.1, 0.4);
        var exact = new ProbabilityFlow(_mixture, Adaptive(1e-11)).Encode(image);
        int[] steps = [100, 200, 400];
        var errors = steps.Select(n => Distance(Heun(n).Encode(image), exact)).ToArray();
        var roundTrips = steps.Select(n => Distance(Heun(n).Decode(Heun(n).Encode(image)), image)).ToArray();

        for (var i = 1; i < steps.Length; i++)
        {
            (errors[i - 1] / errors[i]).ShouldBeInRange(3.6, 4.4);
            (roundTrips[i - 1] / roundTrips[i]).ShouldBeGreaterThan(3.6);
        }

        errors[^1].ShouldBeLessThan(0.02);
    }

    [Fact]
    public void The_cost_of_the_adaptive_method_grows_as_that_of_a_fifth_order_method()
    {
        var costs = new List<double>();
        foreach (var tolerance in new[] { 1e-6, 1e-11 })
        {
            var before = _mixture.Evaluations;
            var flow = new ProbabilityFlow(_mixture, Adaptive(tolerance));
            var image = Image(0.1, 0.4);
            Distance(flow.Decode(flow.Encode(image)), image).ShouldBeLessThan(300 * tolerance);
            costs.Add(_mixture.Evaluations - before);
        }

        // 10^(5/5) = 10 times the steps at order 5; a method of order 4 would need 10^(5/4) = 18, one of order 3 46.
        (costs[1] / costs[0]).ShouldBeInRange(6, 13);
    }

    [Theory]
    [InlineData(FlowSolver.DormandPrince)]
    [InlineData(FlowSolver.Heun)]
    public void An_image_does_not_depend_on_the_others_of_its_batch(FlowSolver solver)
    {
        var gaussian = new DiagonalGaussian(s_pair, [0.1, -0.2], [0.5, 0.02]);
        var options = Adaptive(1e-6) with { Solver = solver, NumSteps = 20 };
        var together = new ProbabilityFlow(gaussian, options).Encode(Images([0.4, -0.25, 30, 5, -1, 0, 0.1, -0.2]));
        var alone = new ProbabilityFlow(gaussian, options with { Batch = 1 }).Encode(Images([0.1, -0.2, -1, 0, 30, 5, 0.4, -0.25]));

        together.flip(0).equal(alone).ShouldBeTrue();
    }

    [Fact]
    public void Images_that_are_done_are_not_evaluated_further()
    {
        var gaussian = new DiagonalGaussian(s_pair, [0, 0], [0.5, 0.02]);
        long Cost(params double[] images)
        {
            var before = gaussian.Evaluations;
            new ProbabilityFlow(gaussian, Adaptive(1e-8)).Encode(Images(images));
            return gaussian.Evaluations - before;
        }

        var (easy, hard) = (Cost(0, 0), Cost(10, 1));
        hard.ShouldBeGreaterThan(2 * easy);
        Cost(0, 0, 10, 1, 0, 0).ShouldBe((2 * easy) + hard);
    }

    [Fact]
    public void A_model_that_knows_some_noise_levels_only_is_refused_by_the_adaptive_method() =>
        Should.Throw<InvalidInputException>(() => new ProbabilityFlow(new RoundingDenoiser(), Adaptive(1e-5))).Message.ShouldContain("fixed grid");

    [Fact]
    public void A_denoiser_that_cannot_be_followed_ends_with_one_line() =>
        Should.Throw<InvalidInputException>(() => new ProbabilityFlow(new DiagonalGaussian(s_pair, [double.NaN, 0], [1, 1]), Adaptive(1e-5)).Encode(Image(0, 0)))
            .Message.ShouldContain("rtol");

    [Fact]
    public void Latents_survive_their_file_and_damaged_files_are_refused()
    {
        using var folder = new TemporaryFolder();
        var flow = new ProbabilityFlow(_mixture, Adaptive(1e-6));
        var latents = flow.Encode(new MemoryDataset(s_pair, [0, 255], [100, 120], [7, 9]));
        latents.Save(folder["l.npz"]);
        var read = LatentsFile.Load(folder["l.npz"]);

        read.Latents.ShouldBe(latents.Latents);
        (read.Range, read.Shape, read.Count).ShouldBe((s_range, s_pair, 3));
        var decoded = flow.Decode(tensor(read.Latents, [3, 1, 1, 2])).ToArray<double>();
        decoded[1].ShouldBe(1, 1e-3);
        decoded[4].ShouldBe((7 / 127.5) - 1, 1e-3);

        DiffuSharp.Torch.IO.NpzFile.Write(folder["bad.npz"], [("latents", DiffuSharp.Torch.IO.NpyArray.Create<float>([1, 2], 1, 1, 1, 2))]);
        Should.Throw<InvalidDataException>(() => LatentsFile.Load(folder["bad.npz"])).Message.ShouldContain("bad.npz");
    }

    private static ProbabilityFlowOptions Adaptive(double tolerance) => new() { Sigma = s_range, Rtol = tolerance, Atol = tolerance };

    private static double Stretch(double std) =>
        Math.Sqrt(((std * std) + (s_range.Max * s_range.Max)) / ((std * std) + (s_range.Min * s_range.Min)));

    private static Tensor Image(params double[] values) => Images(values);

    private static Tensor Images(double[] values) => tensor(values, [values.Length / 2, 1, 1, 2]);

    private static double Distance(Tensor a, Tensor b) => Math.Sqrt((a - b).square().sum().ToDouble());

    private ProbabilityFlow Heun(int steps) => new(_mixture, new() { Sigma = s_range, Solver = FlowSolver.Heun, NumSteps = steps });

    private sealed class RoundingDenoiser() : FormulaDenoiser(s_pair)
    {
        public override double RoundSigma(double sigma) => Math.Round(sigma);

        protected override Tensor Expected(Tensor x, Tensor sigma, Condition? condition) => x;
    }
}
