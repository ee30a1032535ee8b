using DiffuSharp.Denoising;
using DiffuSharp.Tests.Sampling;
using DiffuSharp.Torch;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Denoising;

public class GaussianMixtureDenoiserTests
{
    private static readonly ImageShape s_shape = new(2, 1, 2);
    private static readonly double[] s_weights = [0.2, 0.5, 0.3];
    private static readonly double[][] s_means = [[0, 1, -1, 0.5], [1, 1, 1, 1], [-0.5, 0, 0.2, -1]];
    private static readonly double[] s_stds = [0.3, 0.1, 0.7];

    [Fact]
    public void Images_of_a_batch_agree_with_the_sum_written_out()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(14);
        using var denoiser = new GaussianMixtureDenoiser(s_shape, s_weights, s_means, s_stds);
        var written = new GaussianMixture(s_weights, s_means, s_stds);
        double[] sigmas = [0.01, 0.5, 3, 80];
        var x = randn([4, 2, 1, 2], generator, ScalarType.Float64);
        var denoised = denoiser.Denoise(x, tensor(sigmas));
        for (var i = 0; i < sigmas.Length; i++)
        {
            var expected = written.Denoise(x[i].contiguous().ToArray<double>(), sigmas[i]);
            foreach (var (value, reference) in denoised[i].contiguous().ToArray<double>().Zip(expected))
            {
                value.ShouldBe(reference, 1e-12);
            }
        }

        denoiser.Evaluations.ShouldBe(4);
    }

    [Fact]
    public void Two_points_at_one_give_the_hyperbolic_tangent()
    {
        using var scope = NewDisposeScope();
        using var denoiser = new GaussianMixtureDenoiser(new(1, 1, 1), [1, 1], [[-1], [1]], [0, 0]);
        var denoised = denoiser.Denoise(full([3, 1, 1, 1], 0.3, ScalarType.Float64), tensor(new[] { 0.2, 0.6, 2 }));
        foreach (var (value, sigma) in denoised.ToArray<double>().Zip([0.2, 0.6, 2]))
        {
            value.ShouldBe(Math.Tanh(0.3 / (sigma * sigma)), 1e-12);
        }
    }

    [Fact]
    public void One_noise_level_serves_a_batch_of_any_type()
    {
        using var scope = NewDisposeScope();
        using var denoiser = new GaussianMixtureDenoiser(s_shape, s_weights, s_means, s_stds);
        var denoised = denoiser.Denoise(zeros([2, 2, 1, 2]), tensor(new[] { 0.4 }));
        denoised.dtype.ShouldBe(ScalarType.Float64);
        denoised[0].equal(denoised[1]).ShouldBeTrue();
    }

    [Fact]
    public void Parameters_that_make_no_mixture_are_refused()
    {
        Should.Throw<InvalidInputException>(() => new GaussianMixtureDenoiser(s_shape, [], [], []));
        Should.Throw<InvalidInputException>(() => new GaussianMixtureDenoiser(s_shape, [1], s_means, s_stds));
        Should.Throw<InvalidInputException>(() => new GaussianMixtureDenoiser(new(1, 1, 1), s_weights, s_means, s_stds));
        Should.Throw<InvalidInputException>(() => new GaussianMixtureDenoiser(s_shape, [1, 0, 1], s_means, s_stds));
        Should.Throw<InvalidInputException>(() => new GaussianMixtureDenoiser(s_shape, s_weights, s_means, [1, -1, 1]));
    }
}
