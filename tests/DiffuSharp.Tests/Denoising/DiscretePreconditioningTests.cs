using DiffuSharp.Denoising;
using DiffuSharp.Networks;
using DiffuSharp.Schedules;
using DiffuSharp.Torch;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Denoising;

public class DiscretePreconditioningTests
{
    private static readonly ImageShape s_shape = new(1, 2, 2);

    [Theory]
    [InlineData(DiscretePrediction.Epsilon)]
    [InlineData(DiscretePrediction.X0)]
    [InlineData(DiscretePrediction.V)]
    [InlineData(DiscretePrediction.Mu)]
    public void Every_prediction_of_the_same_function_gives_the_same_denoiser(DiscretePrediction prediction)
    {
        using var scope = NewDisposeScope();
        using var exact = Mixture();
        using var generator = new Generator(20);
        var options = new DiscretePreconditioning(Prediction: prediction);
        var network = new ExactNetwork(exact, options.Schedule, prediction);
        var denoiser = new PreconditionedDenoiser(network, options);
        int[] steps = [1, 2, 40, 300, 700];
        var sigma = tensor(Array.ConvertAll(steps, t => options.Schedule.Sigma(t)));
        var x = randn([5, 1, 2, 2], generator, ScalarType.Float64) * sigma.reshape(-1, 1, 1, 1);
        var denoised = denoiser.Denoise(x, sigma);
        network.Timesteps.ShouldBe([0, 1, 39, 299, 699]);

        // The network is float32: an error of 1e-7 of it is as large as c_out.
        var difference = (denoised - exact.Denoise(x, sigma)).abs().flatten(1).sum([1]).ToArray<double>();
        for (var n = 0; n < steps.Length; n++)
        {
            difference[n].ShouldBeLessThan(4e-6 * Math.Max(1, Math.Abs(options.OutputScale(steps[n]))));
        }
    }

    [Fact]
    public void Flow_velocities_of_the_same_function_give_the_same_denoiser()
    {
        using var scope = NewDisposeScope();
        using var exact = Mixture();
        var sigma = tensor(new[] { 0.01, 0.5, 20 }).reshape(-1, 1, 1, 1);
        var x = ones([3, 1, 2, 2], ScalarType.Float64) * sigma;
        var denoised = exact.Denoise(x, sigma);
        var c = new FlowPreconditioning().At(sigma);
        var velocity = ((x - denoised) / sigma) - denoised;  // ε − x_0
        ((x * c.Skip!) + (velocity * c.Out) - denoised).abs().max().item<double>().ShouldBeLessThan(1e-12);
        c.Noise.reshape(-1).ToArray<double>()[1].ShouldBe(1000 * 0.5 / 1.5, 1e-10);
        c.In!.reshape(-1).ToArray<double>()[1].ShouldBe(1 / 1.5, 1e-12);
    }

    [Fact]
    public void Continuous_times_are_real_and_differentiable()
    {
        using var scope = NewDisposeScope();
        var options = new DiscretePreconditioning(Continuous: true);
        var schedule = options.Schedule;
        double[] times = [1, 1.25, 250.5, 998.75, 1000];
        var sigma = tensor(Array.ConvertAll(times, schedule.Sigma)).requires_grad_();
        var noise = options.At(sigma).Noise;
        foreach (var (value, t) in noise.ToArray<double>().Zip(times))
        {
            value.ShouldBe(t - 1, 1e-6);
        }

        var slopes = autograd.grad([noise.sum()], [sigma])[0]!.ToArray<double>();
        slopes[2].ShouldBe(1 / schedule.SigmaDerivative(250.5), 1e-6 * slopes[2]);
        options.RoundSigma(0.1234).ShouldBe(0.1234);
        new DiscretePreconditioning().RoundSigma(0.1234).ShouldBe(schedule.Sigma(schedule.NearestStep(0.1234)));
        new DiscretePreconditioning().At(tensor(new[] { schedule.Sigma(250.4) })).Noise.item<double>().ShouldBe(249);
    }

    [Fact]
    public void The_scale_of_the_output_is_c_out()
    {
        using var scope = NewDisposeScope();
        foreach (var prediction in Enum.GetValues<DiscretePrediction>())
        {
            var options = new DiscretePreconditioning(Prediction: prediction);
            foreach (var t in new[] { 1, 77, 1000 })
            {
                var scale = options.At(tensor(new[] { options.Schedule.Sigma(t) })).Out.item<double>();
                options.OutputScale(t).ShouldBe(scale, 1e-9 * Math.Abs(scale));
            }
        }
    }

    [Fact]
    public void A_model_description_keeps_the_process()
    {
        var description = NetworkPresets.Find("fashion-mnist") with
        {
            Preconditioning = new DiscretePreconditioning(BetaSchedule.Cosine, 50, Prediction: DiscretePrediction.V, Variance: ReverseVariance.Learned),
        };
        var json = description.ToJson();
        ModelDescription.FromJson(json).Preconditioning.ShouldBe(description.Preconditioning);
        json.ShouldContain("\"precond\":\"ddpm\"");
        json.ShouldContain("\"variance\":\"learned\"");
        description.Preconditioning.OutputFactor.ShouldBe(2);
    }

    [Fact]
    public void Options_that_contradict_each_other_are_refused()
    {
        Should.Throw<InvalidInputException>(new DiscretePreconditioning(Prediction: DiscretePrediction.Mu, Continuous: true).Validate);
        Should.Throw<InvalidInputException>(new DiscretePreconditioning(Steps: 1).Validate);
        Should.Throw<InvalidInputException>(new DiscretePreconditioning(BetaEnd: 2).Validate);
    }

    private static GaussianMixtureDenoiser Mixture() => new(s_shape, [1, 2], [[0.5, -0.5, 0.3, 0], [-1, 0.2, 0.1, 1]], [0.2, 0.5]);
}
