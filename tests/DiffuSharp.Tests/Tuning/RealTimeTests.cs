using DiffuSharp.Denoising;
using DiffuSharp.Tests.Cli;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Tuning;

/// <summary>Discrete-time networks with real-valued times.</summary>
public sealed class RealTimeTests
{
    [Fact]
    public void DerivativeInTheLevelPassesThroughTheEmbedding()
    {
        using var scope = torch.NewDisposeScope();
        using var model = TinyModel.Create(labelDim: 0);
        var network = new ConstantInput(model.Network);
        var discrete = new PreconditionedDenoiser(network, new DiscretePreconditioning(Prediction: DiscretePrediction.X0));
        var real = RealTimeDenoiser.Of(discrete);
        using var generator = new Generator(1);
        var x = torch.randn([2, 1, 8, 8], generator);

        Slope(discrete).ShouldBe(0);
        const double h = 1e-3;
        Slope(real).ShouldBe((At(1 + h) - At(1 - h)) / (2 * h), 0.02 * Math.Abs(Slope(real)));

        double Slope(IDenoiser denoiser)
        {
            var sigma = torch.tensor([1.0]).requires_grad_();
            return torch.autograd.grad([denoiser.Denoise(x, sigma).sum() + (0 * sigma).sum()], [sigma])[0]!.ToDouble();
        }

        double At(double sigma) => real.Denoise(x, torch.tensor([sigma])).to(ScalarType.Float64).sum().ToDouble();
    }

    [Fact]
    public void AnIddpmModelIsTheSameAtItsLevelsAndHasASlopeBetweenThem()
    {
        using var scope = torch.NewDisposeScope();
        using var model = TinyModel.Create(labelDim: 0, preconditioning: new IddpmPreconditioning());
        var discrete = new PreconditionedDenoiser(new ConstantInput(model.Network), new IddpmPreconditioning());
        var real = RealTimeDenoiser.Of(discrete);
        using var generator = new Generator(1);
        var x = torch.randn([2, 1, 8, 8], generator);
        foreach (var j in new[] { 2, 100, 500, 998 })
        {
            var level = torch.tensor([IddpmPreconditioning.Levels[j]]);
            var expected = discrete.Denoise(x, level);
            ((real.Denoise(x, level) - expected).abs().max().ToDouble() / expected.abs().max().ToDouble()).ShouldBeLessThan(1e-3, $"{j}");
        }

        const double h = 1e-3;
        var difference = (At(1 + h) - At(1 - h)) / (2 * h);
        var sigma = torch.tensor([1.0]).requires_grad_();
        var slope = torch.autograd.grad([real.Denoise(x, sigma).sum()], [sigma])[0]!.ToDouble();
        slope.ShouldBe(difference, 0.02 * Math.Abs(difference));
        real.RoundSigma(1).ShouldBe(1);

        double At(double sigma) => real.Denoise(x, torch.tensor([sigma])).to(ScalarType.Float64).sum().ToDouble();
    }

    [Fact]
    public void OtherModelsAreLeftAlone()
    {
        using var model = TinyModel.Create();
        RealTimeDenoiser.Of(model.Denoiser).ShouldBeSameAs(model.Denoiser);
        var mu = new PreconditionedDenoiser(model.Network, new DiscretePreconditioning(Prediction: DiscretePrediction.Mu));
        Should.Throw<InvalidInputException>(() => RealTimeDenoiser.Of(mu)).Message.ShouldContain("integer timesteps");
    }

    // The network always sees the same image, so that only the time is left to depend on.
    private sealed class ConstantInput(INetwork inner) : INetwork
    {
        public ImageShape Shape => inner.Shape;

        public int LabelDim => inner.LabelDim;

        public Device Device => inner.Device;

        public Tensor Forward(Tensor x, Tensor noise, Tensor? labels, Tensor? augmentation) =>
            inner.Forward(torch.zeros_like(x) + 0.5, noise, labels, augmentation);
    }
}
