using DiffuSharp.Denoising;
using DiffuSharp.Likelihood;
using DiffuSharp.Sampling;
using DiffuSharp.Tests.Sampling;
using DiffuSharp.Torch;
using DiffuSharp.Training.Losses;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Training.Losses;

public class DiscreteLossTests
{
    private static readonly ImageShape s_shape = new(1, 2, 3);
    private static readonly DiscretePreconditioning s_small = new(Steps: 20, BetaStart: 1e-3, BetaEnd: 0.4, Variance: ReverseVariance.FixedSmall);

    [Theory]
    [InlineData(DiscreteObjective.Simple, ReverseVariance.FixedLarge)]
    [InlineData(DiscreteObjective.Vlb, ReverseVariance.FixedSmall)]
    [InlineData(DiscreteObjective.Vlb, ReverseVariance.FixedLarge)]
    [InlineData(DiscreteObjective.Vlb, ReverseVariance.Learned)]
    public void Gradients_agree_with_finite_differences(DiscreteObjective objective, ReverseVariance variance)
    {
        using var scope = NewDisposeScope();
        using var denoiser = new TinyVarianceDenoiser(s_shape);
        var loss = new DiscreteLoss { Model = s_small with { Variance = variance }, Objective = objective };
        var (images, draws) = EveryStep();
        var gradient = autograd.grad([Sum()], [denoiser.Weights])[0]!.ToArray<double>();
        using var mode = no_grad();
        for (var i = 0; i < gradient.Length; i++)
        {
            const double Step = 1e-6;
            denoiser.Weights.data<double>()[i] += Step;
            var above = Sum().item<double>();
            denoiser.Weights.data<double>()[i] -= 2 * Step;
            var below = Sum().item<double>();
            denoiser.Weights.data<double>()[i] += Step;
            gradient[i].ShouldBe((above - below) / (2 * Step), 1e-6 * Math.Abs(above) + 1e-6);
            if (i < 2 || variance == ReverseVariance.Learned)
            {
                gradient[i].ShouldNotBe(0);
            }
        }

        Tensor Sum() => loss.Compute(denoiser, images, null, draws).PerPixel.sum();
    }

    [Fact]
    public void The_hybrid_loss_trains_the_image_by_the_simple_and_the_variance_by_the_bound()
    {
        using var scope = NewDisposeScope();
        using var denoiser = new TinyVarianceDenoiser(s_shape);
        var model = s_small with { Variance = ReverseVariance.Learned };
        var (images, draws) = EveryStep();
        var simple = Gradient(new DiscreteLoss { Model = model, Objective = DiscreteObjective.Simple });
        var bound = Gradient(new DiscreteLoss { Model = model, Objective = DiscreteObjective.Vlb });
        var hybrid = Gradient(new DiscreteLoss { Model = model, Objective = DiscreteObjective.Hybrid, Lambda = 0.25 });
        hybrid[..2].ShouldBe(simple[..2], 1e-9);
        hybrid[2..].ShouldBe([0.25 * bound[2], 0.25 * bound[3]], 1e-9);
        simple[2..].ShouldBe([0.0, 0]);

        double[] Gradient(DiscreteLoss loss) =>
            autograd.grad([loss.Compute(denoiser, images, null, draws).PerPixel.sum()], [denoiser.Weights])[0]!.ToArray<double>();
    }

    [Fact]
    public void The_simple_loss_is_the_squared_error_of_what_the_network_predicts()
    {
        using var scope = NewDisposeScope();
        using var denoiser = new GaussianDenoiser(s_shape, 0.6);
        var (images, draws) = EveryStep();
        foreach (var prediction in Enum.GetValues<DiscretePrediction>())
        {
            var model = s_small with { Prediction = prediction };
            var values = new DiscreteLoss { Model = model, Objective = DiscreteObjective.Simple }.Compute(denoiser, images, null, draws);
            values.Sigma.ToArray<double>().ShouldBe(model.Schedule.Sigmas, 1e-12);
            for (var t = 1; t <= 20; t++)
            {
                var sigma = model.Schedule.Sigma(t);
                var noise = draws.Noise.narrow(0, t - 1, 1);
                var clean = images.narrow(0, t - 1, 1);
                var x = clean + (noise * sigma);
                var denoised = denoiser.Denoise(x, tensor([sigma]));
                var epsilon = (x - denoised) / sigma;
                var signal = Math.Sqrt(model.Schedule.AlphaBar(t));
                var error = prediction switch
                {
                    DiscretePrediction.Epsilon => epsilon - noise,
                    DiscretePrediction.X0 => denoised - clean,
                    DiscretePrediction.V => ((epsilon - noise) * signal) - ((denoised - clean) * (sigma * signal)),
                    _ => (denoised - clean) * model.Schedule.PosteriorMean(t).X0,
                };
                var difference = values.PerPixel.narrow(0, t - 1, 1) - error.square();
                difference.abs().max().item<double>().ShouldBeLessThan(1e-9);
            }
        }
    }

    [Fact]
    public void Above_step_1_the_bound_of_the_small_variance_is_the_weighted_error_of_epsilon()
    {
        // Ho et al. 2020, eq. 12: β²/(2 σ_t² (1 − β)(1 − ᾱ)) ‖ε − ε_θ‖²
        using var scope = NewDisposeScope();
        using var denoiser = new GaussianDenoiser(s_shape, 0.6);
        var (images, draws) = EveryStep();
        var simple = Means(DiscreteObjective.Simple);
        var bound = Means(DiscreteObjective.Vlb);
        var schedule = s_small.Schedule;
        for (var t = 2; t <= 20; t++)
        {
            var beta = schedule.Beta(t);
            var weight = beta * beta / (2 * schedule.PosteriorVariance(t) * (1 - beta) * (1 - schedule.AlphaBar(t)));
            bound[t - 1].ShouldBe(simple[t - 1] * weight * 20 / Math.Log(2), 1e-9 * bound[t - 1]);
        }

        double[] Means(DiscreteObjective objective) => new DiscreteLoss { Model = s_small, Objective = objective }
            .Compute(denoiser, images, null, draws).PerPixel.flatten(1).mean([1]).ToArray<double>();
    }

    [Fact]
    public void The_mean_of_the_bound_over_all_steps_is_the_bound_without_its_prior()
    {
        using var scope = NewDisposeScope();
        using var denoiser = new TinyVarianceDenoiser(s_shape);
        var model = s_small with { Variance = ReverseVariance.Learned };
        var (images, draws) = EveryStep();
        var mean = new DiscreteLoss { Model = model, Objective = DiscreteObjective.Vlb }.Compute(denoiser, images, null, draws).PerPixel.mean().item<double>();
        var process = new ReverseProcess(denoiser, model.Schedule, ReverseVariance.Learned, clip: false);
        var noise = new ListedNoise(Enumerable.Range(0, 20).Select(i => draws.Noise.narrow(0, 19 - i, 1)));
        var result = new VariationalBound(process).Evaluate(images.narrow(0, 0, 1), noise);
        mean.ShouldBe(result.Terms[0].Sum(), 1e-9 * mean);
    }

    [Fact]
    public void The_iDDPM_loss_takes_the_levels_of_Table_1()
    {
        var loss = new IddpmLoss();
        loss.Sigma(0).ShouldBe(20291.17, 0.5);
        loss.Sigma(0.9999).ShouldBe(IddpmPreconditioning.Levels[999]);
        loss.Sigma(0.0089).ShouldBe(IddpmPreconditioning.Levels[8]);
        loss.Weight(0.5).ShouldBe(4);
    }

    [Fact]
    public void Only_the_result_stays()
    {
        using var scope = NewDisposeScope();
        using var denoiser = new GaussianDenoiser(s_shape, 0.6);
        var (images, draws) = EveryStep();
        var before = scope.Count;
        var values = new DiscreteLoss { Model = s_small, Objective = DiscreteObjective.Vlb }.Compute(denoiser, images.to(ScalarType.Float32), null, draws);
        values.PerPixel.dtype.ShouldBe(ScalarType.Float32);
        scope.Count.ShouldBe(before + 3);
    }

    // One image twenty times, at the steps 1 … 20.
    private static (Tensor Images, LossDraws Draws) EveryStep()
    {
        using var generator = new Generator(50);
        var image = (randint(0, 256, [1, 1, 2, 3], generator).to(ScalarType.Float64) / 127.5) - 1;
        var unit = tensor([.. Enumerable.Range(0, 20).Select(i => (i + 0.5) / 20)]);
        return (image.expand(20, -1, -1, -1), new LossDraws(unit, randn([20, 1, 2, 3], generator, ScalarType.Float64)));
    }
}
