using DiffuSharp.Denoising;
using DiffuSharp.Likelihood;
using DiffuSharp.Torch;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Likelihood;

public sealed class OdeLikelihoodTests : IDisposable
{
    private const double SigmaMin = 0.02;
    private static readonly ImageShape s_quad = new(1, 2, 2);
    private static readonly ImageShape s_pair = new(1, 1, 2);
    private static readonly ProbabilityFlowOptions s_flow = new() { Sigma = new(SigmaMin, 1000), Rtol = 1e-6, Atol = 1e-6 };
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(FlowSolver.DormandPrince, 1e-4)]
    [InlineData(FlowSolver.Heun, 2e-2)]
    public void The_density_of_gaussian_data_is_found_exactly(FlowSolver solver, double tolerance)
    {
        var gaussian = new DiagonalGaussian(s_quad, [0, 0, 0, 0], [1, 0.3, 0.1, 0.01]);
        var options = new OdeLikelihoodOptions { Flow = s_flow with { Solver = solver, NumSteps = 200 }, Trace = TraceKind.Exact };
        double[] points = [0.1, 0.2, -0.3, 0.01, -2, 0, 0, 0.03];
        var found = new OdeLikelihood(gaussian, options).LogDensity(tensor(points, [2, 1, 2, 2]), [0, 0]);

        found[0].ShouldBe(gaussian.LogDensity(points[..4], SigmaMin), tolerance);
        found[1].ShouldBe(gaussian.LogDensity(points[4..], SigmaMin), tolerance);
    }

    [Fact]
    public void The_density_of_a_mixture_is_found_within_a_hundredth_of_a_bit()
    {
        using var mixture = Mixture();
        var options = new OdeLikelihoodOptions { Flow = s_flow, Trace = TraceKind.Exact };
        double[] points = [0.5, 0.4, 0, 0, -0.7, -0.3, 1, -1];
        var found = new OdeLikelihood(mixture, options).LogDensity(tensor(points, [4, 1, 1, 2]), [0, 0, 0, 0]);

        for (var i = 0; i < found.Length; i++)
        {
            found[i].ShouldBe(MixtureLogDensity(points[2 * i], points[(2 * i) + 1]), 0.01 * 2 * Math.Log(2) / 10);
        }
    }

    // In two dimensions vᵀJv is tr J + 2 v_1 v_2 J_12 for a symmetric J: one of two values, the mean of which is exact. 400 fair signs
    // give 160 to 240 of each with probability 0.99994; a sign of probability 0.6 or more is found in half the cases or more.
    [Fact]
    public void Hutchinsons_estimate_is_unbiased()
    {
        const int Draws = 400;
        using var mixture = Mixture();
        var flow = s_flow with { Solver = FlowSolver.Heun, NumSteps = 40, Batch = Draws };
        var x = tensor(new[] { 0.1, -0.1 }, [1, 1, 1, 2]);
        var exact = new OdeLikelihood(mixture, new() { Flow = flow, Trace = TraceKind.Exact }).LogDensity(x, [0])[0];
        var likelihood = new OdeLikelihood(mixture, new() { Flow = flow });
        var estimates = likelihood.LogDensity(x.repeat(Draws, 1, 1, 1), [.. Enumerable.Range(0, Draws).Select(i => (long)i)]);
        var (low, high) = (estimates.Min(), estimates.Max());

        (high - low).ShouldBeGreaterThan(0.5);
        estimates.ShouldAllBe(e => Math.Min(e - low, high - e) < 1e-9);
        ((low + high) / 2).ShouldBe(exact, 1e-9);
        estimates.Count(e => high - e < 1e-9).ShouldBeInRange(160, 240);
        likelihood.VectorJacobianProducts.ShouldBe(Draws * 80);
    }

    [Theory]
    [InlineData(Dequantisation.Above, 0)]
    [InlineData(Dequantisation.Centred, -0.5)]
    public void Bits_per_dimension_follow_from_the_density_by_hand(Dequantisation dequantisation, double shift)
    {
        const long Seed = 41;
        var gaussian = new DiagonalGaussian(s_pair, [0, 0], [0.4, 0.2]);
        byte[][] images = [[0, 200], [130, 127], [255, 90]];
        var result = new OdeLikelihood(gaussian, new() { Flow = s_flow, Trace = TraceKind.Exact, Seed = Seed, Dequantisation = dequantisation })
            .Measure(new MemoryDataset(s_pair, images));

        for (var i = 0; i < images.Length; i++)
        {
            using var generator = new Generator((ulong)(Seed + i));
            var u = rand([2], generator, ScalarType.Float64).ToArray<double>();
            double[] x = [.. images[i].Select((v, j) => ((v + u[j] + shift) / 127.5) - 1)];
            result.Values[i].ShouldBe((-gaussian.LogDensity(x, SigmaMin) / (2 * Math.Log(2))) + 6.994353436858858, 1e-4);
        }

        result.Mean.ShouldBe(result.Values.Sum() / 3, 1e-12);
        var deviation = Math.Sqrt(result.Values.Sum(v => Math.Pow(v - result.Mean, 2)) / 2);
        result.StandardError.ShouldBe(deviation / Math.Sqrt(3), 1e-12);
        result.ToString().ShouldContain("offset log2 127.5 = 6.9944");
        result.ToString().ShouldContain("N 3, seed 41");
    }

    [Fact]
    public void A_result_does_not_depend_on_the_batch()
    {
        var gaussian = new DiagonalGaussian(s_pair, [0, 0], [0.4, 0.2]);
        var data = new MemoryDataset(s_pair, [0, 200], [130, 127], [255, 90], [3, 4], [90, 91]);
        BitsPerDimension Measure(int batch) =>
            new OdeLikelihood(gaussian, new() { Flow = s_flow with { Batch = batch }, Probes = 2, Seed = 3 }).Measure(data);

        var (one, many) = (Measure(1), Measure(4));
        one.Values.ShouldBe(many.Values);
        one.Nfe.ShouldBe(many.Nfe);
        one.VectorJacobianProducts.ShouldBe(2 * one.Nfe);
    }

    [Fact]
    public void The_trace_of_a_network_is_that_of_finite_differences()
    {
        const double Step = 0.01;
        const double Sigma = 0.5;
        using var model = Cli.TinyModel.Create(labelDim: 0);
        using var generator = new Generator(5);
        var size = model.Denoiser.Shape.Count;
        var x = (randn([size], generator, ScalarType.Float64) * 0.6).ToArray<double>();
        double[] moved = [.. Enumerable.Range(0, 2 * size).SelectMany(i => x.Select((v, j) => j == i / 2 ? v + (i % 2 == 0 ? Step : -Step) : v))];
        var denoised = model.Denoiser.Denoise(tensor(moved, [2 * size, 1, 8, 8]), tensor([Sigma])).ToArray<float>();
        var expected = Enumerable.Range(0, size)
            .Sum(j => (denoised[(2 * j * size) + j] - denoised[(((2 * j) + 1) * size) + j]) / (2 * Step));
        var field = new FlowField(model.Denoiser, trace: new ExactTrace(size, Device.CPU));
        var slope = field.Slopes([0], [Math.Log(Sigma)], [[.. x, 0]])[0][size];

        expected.ShouldBeGreaterThan(1);
        (size * (1 - slope)).ShouldBe(expected, 0.05);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        var gaussian = new DiagonalGaussian(s_pair, [0, 0], [1, 1]);
        foreach (var options in new OdeLikelihoodOptions[]
        {
            new() { Probes = 0 },
            new() { Flow = new() { Rtol = -1 } },
            new() { Flow = new() { Atol = 0 } },
            new() { Flow = new() { NumSteps = 0 } },
            new() { Flow = new() { Batch = 0 } },
        })
        {
            Should.Throw<InvalidInputException>(() => new OdeLikelihood(gaussian, options));
        }
    }

    private static GaussianMixtureDenoiser Mixture() => new(s_pair, [0.4, 0.6], [[0.5, 0.4], [-0.6, -0.3]], [0.2, 0.3]);

    private static double MixtureLogDensity(double x, double y)
    {
        double Part(double weight, double mx, double my, double std)
        {
            var variance = (std * std) + (SigmaMin * SigmaMin);
            return weight / (2 * Math.PI * variance) * Math.Exp(-0.5 * (((x - mx) * (x - mx)) + ((y - my) * (y - my))) / variance);
        }

        return Math.Log(Part(0.4, 0.5, 0.4, 0.2) + Part(0.6, -0.6, -0.3, 0.3));
    }
}
