using DiffuSharp.Denoising;
using DiffuSharp.Torch;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Denoising;

public class DatasetDenoiserTests
{
    [Fact]
    public void It_is_the_mixture_of_points_over_several_blocks()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(30);
        const int Count = 5000;
        var shape = new ImageShape(1, 2, 3);
        var images = rand([Count, 1, 2, 3], generator, ScalarType.Float64) * 2 - 1;
        using var denoiser = new DatasetDenoiser(images);
        using var mixture = new GaussianMixtureDenoiser(
            shape, [.. Enumerable.Repeat(1.0, Count)], [.. images.flatten(1).unbind().Select(image => image.ToArray<double>())], new double[Count]);
        double[] sigmas = [0.002, 0.02, 0.3, 2, 80];
        var sigma = tensor(sigmas);
        var x = images.narrow(0, 4000, 5) + (randn([5, 1, 2, 3], generator, ScalarType.Float64) * sigma.reshape(-1, 1, 1, 1));
        (denoiser.Denoise(x, sigma) - mixture.Denoise(x, sigma)).abs().max().item<double>().ShouldBeLessThan(1e-9);
        denoiser.Evaluations.ShouldBe(5);
        denoiser.Shape.ShouldBe(shape);
        denoiser.Count.ShouldBe(Count);
    }

    [Fact]
    public void Two_points_at_one_give_the_hyperbolic_tangent_however_small_the_noise()
    {
        using var scope = NewDisposeScope();
        using var denoiser = new DatasetDenoiser(tensor(new[] { -1.0, 1.0 }, [2, 1, 1, 1]));
        foreach (var sigma in new[] { 0.001, 0.2, 0.6, 2, 100 })
        {
            denoiser.Denoise(full([1, 1, 1, 1], 0.3, ScalarType.Float64), tensor([sigma])).item<double>()
                .ShouldBe(Math.Tanh(0.3 / (sigma * sigma)), 1e-12);
        }
    }

    [Fact]
    public void Far_from_all_images_the_nearest_one_wins()
    {
        using var scope = NewDisposeScope();
        using var denoiser = new DatasetDenoiser(tensor(new[] { -1f, 0.25f, 1f }, [3, 1, 1, 1]));
        denoiser.Denoise(full([1, 1, 1, 1], 1e4, ScalarType.Float64), tensor([0.01])).item<double>().ShouldBe(1);
    }

    [Fact]
    public void It_keeps_only_its_result()
    {
        using var scope = NewDisposeScope();
        using var denoiser = new DatasetDenoiser(zeros([5000, 1, 2, 2]));
        var (x, sigma) = (zeros([2, 1, 2, 2]), tensor([1.0]));
        var before = scope.Count;
        denoiser.Denoise(x, sigma).shape.ShouldBe([2, 1, 2, 2]);
        scope.Count.ShouldBe(before + 1);
    }

    [Fact]
    public void No_images_are_refused() => Should.Throw<InvalidInputException>(() =>
    {
        using var scope = NewDisposeScope();
        return new DatasetDenoiser(zeros([0, 1, 2, 2]));
    });
}
