using DiffuSharp.Denoising;
using DiffuSharp.Torch;
using DiffuSharp.Training.Losses;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Training.Losses;

public class DenoisingLossTests
{
    private static readonly ImageShape s_shape = new(1, 2, 3);

    [Fact]
    public void Noise_levels_are_those_of_Table_1()
    {
        new EdmLoss().Sigma(0).ShouldBe(Math.Exp(-1.2), 1e-14);
        new EdmLoss().Sigma(2).ShouldBe(Math.Exp(1.2), 1e-14);
        new VELoss().Sigma(0).ShouldBe(0.02, 1e-14);
        new VELoss().Sigma(0.5).ShouldBe(Math.Sqrt(2), 1e-13);
        new VELoss().Sigma(1).ShouldBe(100, 1e-10);
        new VPLoss().Sigma(0).ShouldBe(152.1670, 5e-5);
        new VPLoss().Sigma(1).ShouldBe(0.001000, 5e-7);
    }

    [Fact]
    public void The_EDM_weight_is_the_inverse_square_of_c_out()
    {
        using var scope = NewDisposeScope();
        foreach (var sigma in new[] { 0.01, 0.5, 40 })
        {
            var c = new EdmPreconditioning().At(scalar(sigma)).Out.item<double>();
            new EdmLoss().Weight(sigma).ShouldBe(1 / (c * c), 1e-9 / (c * c));
        }

        new VPLoss().Weight(0.5).ShouldBe(4);
        new VELoss().Weight(0.5).ShouldBe(4);
    }

    [Fact]
    public void For_data_of_one_Gaussian_the_mean_EDM_loss_is_the_known_one()
    {
        // The posterior variance of y is s²σ²/(s² + σ²), so with s = σ_data the expected weighted loss is 1 at every level. The
        // mean of 60 000 squared unit normals has deviation √(2/60000) = 0.0058; 4.5 of them.
        using var scope = NewDisposeScope();
        using var generator = new Generator(11);
        using var denoiser = new GaussianMixtureDenoiser(s_shape, [1], [new double[6]], [0.5]);
        var images = randn([10_000, 1, 2, 3], generator, ScalarType.Float64) * 0.5;
        var loss = new EdmLoss();
        var values = loss.Compute(denoiser, images, null, loss.Draw(10_000, s_shape, generator, ScalarType.Float64));
        values.PerPixel.mean().item<double>().ShouldBe(1, 4.5 * 0.0058);
        values.Sigma.log().mean().item<double>().ShouldBe(-1.2, 4.5 * 1.2 / 100);
        values.Sigma.log().std().item<double>().ShouldBe(1.2, 4.5 * 1.2 / Math.Sqrt(20_000));
    }

    [Fact]
    public void The_same_generator_state_draws_the_same_numbers()
    {
        using var scope = NewDisposeScope();
        foreach (var loss in new TrainingLoss[] { new EdmLoss(), new VPLoss(), new VELoss() })
        {
            using var one = new Generator(12);
            using var other = new Generator(12);
            var (first, second) = (loss.Draw(4, s_shape, one), loss.Draw(4, s_shape, other));
            first.Unit.equal(second.Unit).ShouldBeTrue();
            first.Noise.equal(second.Noise).ShouldBeTrue();
            first.Noise.shape.ShouldBe([4, 1, 2, 3]);
            first.Noise.dtype.ShouldBe(ScalarType.Float32);
            if (loss is not EdmLoss)
            {
                first.Unit.ToArray<double>().ShouldAllBe(u => u >= 0 && u < 1);
            }
        }
    }

    [Fact]
    public void The_loss_is_differentiable_and_keeps_only_its_result()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(13);
        using var denoiser = new GaussianMixtureDenoiser(s_shape, [1, 2], [new double[6], [1, 1, 1, 0, 0, 0]], [0.1, 0.2]);
        var images = randn([3, 1, 2, 3], generator, ScalarType.Float64).requires_grad_();
        var loss = new EdmLoss();
        var draws = loss.Draw(3, s_shape, generator, ScalarType.Float64);
        var before = scope.Count;
        var values = loss.Compute(denoiser, images, null, draws);
        scope.Count.ShouldBe(before + 2);
        var gradient = autograd.grad([values.PerPixel.sum()], [images])[0]!;

        const double Step = 1e-5;
        using var mode = no_grad();
        var direction = randn([3, 1, 2, 3], generator, ScalarType.Float64);
        var difference = (Sum(images + (direction * Step)) - Sum(images - (direction * Step))) / (2 * Step);
        (gradient * direction).sum().item<double>().ShouldBe(difference, 1e-5 * Math.Max(1, Math.Abs(difference)));

        double Sum(Tensor y) => loss.Compute(denoiser, y, null, draws).PerPixel.sum().item<double>();
    }
}
