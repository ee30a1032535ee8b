using DiffuSharp.Denoising;
using DiffuSharp.Schedules;
using DiffuSharp.Torch;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Denoising;

public class GaussianDenoiserTests
{
    private static readonly ImageShape s_shape = new(1, 1, 2);

    [Fact]
    public void Each_pixel_is_drawn_to_its_mean_by_its_own_variance()
    {
        using var scope = NewDisposeScope();
        using var denoiser = new GaussianDenoiser(s_shape, [0.5, -1], [2, 0]);
        var denoised = denoiser.Denoise(tensor(new[] { 3.0, 3, 1, 1 }, [2, 1, 1, 2]), tensor([1.0, 2]));
        denoised.ToArray<double>().ShouldBe([((4 * 3) + 0.5) / 5, -1, (4 + (4 * 0.5)) / 8, -1], 1e-14);
        denoiser.Evaluations.ShouldBe(2);
    }

    [Fact]
    public void The_isotropic_one_is_the_mixture_of_one()
    {
        using var scope = NewDisposeScope();
        using var denoiser = new GaussianDenoiser(s_shape, 0.5);
        using var mixture = new GaussianMixtureDenoiser(s_shape, [1], [[0, 0]], [0.5]);
        var x = tensor(new[] { 0.3, -2 }, [1, 1, 1, 2]);
        var sigma = tensor([0.7]);
        (denoiser.Denoise(x, sigma) - mixture.Denoise(x, sigma)).abs().max().item<double>().ShouldBeLessThan(1e-15);
    }

    [Fact]
    public void Parameters_that_make_no_Gaussian_are_refused()
    {
        Should.Throw<InvalidInputException>(() => new GaussianDenoiser(s_shape, [0], [1, 1]));
        Should.Throw<InvalidInputException>(() => new GaussianDenoiser(s_shape, -1));
        Should.Throw<InvalidInputException>(() => new GaussianDenoiser(s_shape, [0, double.NaN], [1, 1]));
    }

    [Fact]
    public void Clipping_limits_the_clean_image()
    {
        using var scope = NewDisposeScope();
        using var exact = new GaussianDenoiser(s_shape, [0.5, -3], [1, 1]);
        var clipped = new ClippedDenoiser(exact);
        clipped.Denoise(tensor(new[] { 0.25, 0 }, [1, 1, 1, 2]), tensor([1e-3])).ToArray<double>()[0].ShouldBe(0.25, 1e-6);
        clipped.Denoise(tensor(new[] { 9.0, -3 }, [1, 1, 1, 2]), tensor([1e-3])).ToArray<double>().ShouldBe([1.0, -1]);
        clipped.Evaluations.ShouldBe(2);
        clipped.Shape.ShouldBe(s_shape);
    }

    [Fact]
    public void Guidance_outside_its_interval_costs_nothing_and_changes_nothing()
    {
        using var scope = NewDisposeScope();
        using var main = new GaussianDenoiser(s_shape, 0.5);
        using var reference = new GaussianDenoiser(s_shape, 1);
        var guided = new GuidedDenoiser(main, 3, reference, new SigmaRange(0.5, 2));
        var x = ones([2, 1, 1, 2], ScalarType.Float64);
        guided.Denoise(x, tensor([4.0])).equal(main.Denoise(x, tensor([4.0]))).ShouldBeTrue();
        reference.Evaluations.ShouldBe(0);
        var mixed = guided.Denoise(x, tensor([4.0, 1])).select(1, 0).select(1, 0).select(1, 0).contiguous().ToArray<double>();
        mixed[0].ShouldBe(0.25 / 16.25, 1e-12);
        mixed[1].ShouldBe(0.5 + (3 * (0.2 - 0.5)), 1e-12);
        reference.Evaluations.ShouldBe(2);
    }

    [Fact]
    public void Classifier_free_guidance_moves_away_from_the_same_model_without_class()
    {
        using var scope = NewDisposeScope();
        var model = new TwoClasses { LabelDim = 2 };
        var guided = new GuidedDenoiser(model, 2.5);
        var labels = tensor(new[] { 1.0, 0, 0, 1 }, [2, 2]);
        var denoised = guided.Denoise(zeros([2, 1, 1, 2], ScalarType.Float64), tensor([1.0]), new Condition(labels));

        // D_none + w (D_class - D_none) with D_none = 0.1 and D_class = 0.3 and 0.7.
        denoised.ToArray<double>().ShouldBe([0.6, 0.6, 1.6, 1.6], 1e-12);
        model.Evaluations.ShouldBe(4);
    }

    /// <summary>Every image of class 0 is 0.3, of class 1 0.7, of no class 0.1.</summary>
    private sealed class TwoClasses() : FormulaDenoiser(s_shape)
    {
        protected override Tensor Expected(Tensor x, Tensor sigma, Condition? condition)
        {
            var value = condition?.Labels is { } labels ? labels.matmul(tensor(new[] { 0.3, 0.7 }, [2, 1])) : full([x.size(0), 1], 0.1, ScalarType.Float64);
            return value.view([-1, 1, 1, 1]).expand(x.shape).contiguous();
        }
    }
}
