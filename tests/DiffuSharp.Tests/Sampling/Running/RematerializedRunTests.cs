using DiffuSharp.Denoising;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Running;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Tests.Cli;
using DiffuSharp.Tests.Training;
using DiffuSharp.Tests.Tuning;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Sampling.Running;

/// <summary>Derivatives of a sampler run that keeps states only.</summary>
[Collection(TrainingCollection.Name)]
public sealed class RematerializedRunTests
{
    private const int Images = 3;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void EqualsPlainBackpropagationForAnyTableau(int seed)
    {
        using var scope = torch.NewDisposeScope();
        using var denoiser = TinyMixture.Create();
        var tableau = RandomTableau.Create(new Random(seed), rows: 6, small: true);
        var layout = TableauLayout.Of(tableau);

        using var noise = TinyMixture.Noise(Images);
        using var run = RematerializedRun.Of(tableau, denoiser, noise);
        var sample = run.Forward();
        var gradients = run.Backward(TinyMixture.Cotangent(sample));

        using var again = TinyMixture.Noise(Images);
        var prior = again.Next().requires_grad_();
        var values = torch.tensor(layout.Read(tableau)).requires_grad_();
        var plain = PlainRun.Sample(layout, values, denoiser, prior, again);
        var expected = torch.autograd.grad([TinyMixture.Loss(plain)], [values, prior]);

        (sample - plain.detach()).abs().max().ToDouble().ShouldBeLessThan(1e-12);
        Relative(gradients.Coefficients, expected[0]!).ShouldBeLessThan(1e-10);
        Relative(gradients.Prior, expected[1] ?? torch.zeros_like(prior)).ShouldBeLessThan(1e-10);
    }

    [Fact]
    public void ForwardGivesTheNumbersOfTheRunner()
    {
        using var scope = torch.NewDisposeScope();
        using var denoiser = TinyMixture.Create();
        var tableau = new Ddim { Eta = 0.5 }.Build(FamilyExamples.Levels());
        using var noise = TinyMixture.Noise(Images);
        using var again = TinyMixture.Noise(Images);
        using var run = RematerializedRun.Of(tableau, denoiser, noise);
        using var expected = new SamplerRun(tableau, denoiser, again);
        run.Forward().equal(expected.Finish()).ShouldBeTrue();
    }

    [Fact]
    public void EqualsPlainBackpropagationThroughANetwork()
    {
        using var scope = torch.NewDisposeScope();
        torch.set_num_threads(1);
        using var model = TinyModel.Create(labelDim: 0);
        var tableau = new DpmSolverPlusPlus().Build(FamilyExamples.Levels());
        var layout = TableauLayout.Of(tableau);
        using var noise = new SeededNoise([1, 2], model.Denoiser.Shape);
        using var run = RematerializedRun.Of(tableau, model.Denoiser, noise);
        var gradients = run.Backward(TinyMixture.Cotangent(run.Forward()));

        using var again = new SeededNoise([1, 2], model.Denoiser.Shape);
        var prior = again.Next();
        var values = torch.tensor(layout.Read(tableau)).requires_grad_();
        var plain = PlainRun.Sample(layout, values, model.Denoiser, prior, again);
        var expected = torch.autograd.grad([TinyMixture.Loss(plain)], [values])[0]!;
        Relative(gradients.Coefficients, expected).ShouldBeLessThan(1e-5); // float32 network
    }

    [Fact]
    public void LiveTensorsDoNotGrowWithTheSteps()
    {
        Peak(25).ShouldBe(Peak(5));

        static long Peak(int steps)
        {
            using var scope = torch.NewDisposeScope();
            using var denoiser = TinyMixture.Create();
            using var noise = TinyMixture.Noise(Images);
            var counting = new CountingDenoiser(denoiser);
            using var run = RematerializedRun.Of(new DpmSolverPlusPlus().Build(FamilyExamples.Levels(steps)), counting, noise);
            var start = LiveTensors.CountWithoutGarbage();
            run.Backward(torch.zeros_like(run.Forward()));
            return counting.Most - start;
        }
    }

    [Fact]
    public void AnInterruptedRunStopsBetweenRows()
    {
        using var scope = torch.NewDisposeScope();
        using var denoiser = TinyMixture.Create();
        using var noise = TinyMixture.Noise(Images);
        using var run = RematerializedRun.Of(new Ddim().Build(FamilyExamples.Levels()), denoiser, noise);
        Should.Throw<OperationCanceledException>(() => run.Forward(new CancellationToken(canceled: true)));
        Should.Throw<InvalidOperationException>(() => run.Backward(torch.zeros([1], ScalarType.Float64)));
    }

    private static double Relative(Tensor value, Tensor expected) =>
        ((value - expected).abs().max() / expected.abs().max().clamp(1e-30, double.MaxValue)).ToDouble();

    private sealed class CountingDenoiser(IDenoiser inner) : WrappedDenoiser(inner)
    {
        public long Most { get; private set; }

        public override Tensor Denoise(Tensor x, Tensor sigma, Condition? condition = null)
        {
            Most = Math.Max(Most, Tensor.LiveCount);
            return Inner.Denoise(x, sigma, condition);
        }
    }
}
