using DiffuSharp.Likelihood;
using DiffuSharp.Torch;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Likelihood;

public class DiscretizedGaussianTests
{
    [Theory]
    [InlineData(0, 0.3)]
    [InlineData(0.97, 0.05)]
    [InlineData(-1.5, 0.01)]
    [InlineData(0.1, 10)]
    public void The_256_bins_sum_to_one(double mean, double std)
    {
        using var scope = NewDisposeScope();
        var total = Log(Bytes(), mean, std).exp().sum().item<double>();
        total.ShouldBe(1, 256e-12 + 1e-13);  // each bin may be raised to the floor of 1e-12
        Log(Bytes(), mean, std, NormalCdf.Tanh).exp().sum().item<double>().ShouldBe(1, 256e-12 + 1e-13);
    }

    [Fact]
    public void A_wide_Gaussian_gives_a_bin_its_density_times_its_width()
    {
        using var scope = NewDisposeScope();
        var density = Math.Exp(-0.5 * 0.04 / 4) / (2 * Math.Sqrt(2 * Math.PI));
        Log(full([1], 0.2, ScalarType.Float64), 0, 2).exp().item<double>().ShouldBe(density * 2 / 255, 1e-8);
    }

    [Fact]
    public void Erf_and_tanh_differ_by_the_error_of_the_approximation_only()
    {
        using var scope = NewDisposeScope();
        var (erf, tanh) = (Log(Bytes(), 0.1, 0.5).exp(), Log(Bytes(), 0.1, 0.5, NormalCdf.Tanh).exp());
        var difference = (erf - tanh).abs().max().item<double>();
        difference.ShouldBeInRange(1e-6, 3e-4);
    }

    [Fact]
    public void No_probability_falls_below_the_floor()
    {
        using var scope = NewDisposeScope();
        Log(full([1], -1, ScalarType.Float64), 1, 0.001).item<double>().ShouldBe(Math.Log(1e-12));
    }

    private static Tensor Bytes() => tensor([.. Enumerable.Range(0, 256).Select(b => (b / 127.5) - 1)]);

    private static Tensor Log(Tensor pixels, double mean, double std, NormalCdf cdf = NormalCdf.Erf) =>
        DiscretizedGaussian.LogLikelihood(pixels, full([1], mean, ScalarType.Float64), full([1], 2 * Math.Log(std), ScalarType.Float64), cdf);
}
