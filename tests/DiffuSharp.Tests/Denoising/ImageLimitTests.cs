using DiffuSharp.Denoising;
using DiffuSharp.Torch;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Denoising;

public class ImageLimitTests
{
    // One image of 1, 2, 3, 4, -8 and one within [-1, 1]; NumPy's quantile 0.9 of the absolute values of the first is 4 + 0.6 * 4 = 6.4.
    [Theory]
    [InlineData(10.0, 6.4)]
    [InlineData(5.0, 5.0)]
    public void Dynamic_thresholding_divides_by_the_quantile_between_1_and_the_range(double range, double s)
    {
        using var scope = NewDisposeScope();
        var images = tensor([1.0, 2, 3, 4, -8, 0.1, 0.2, -0.3, 0.4, 0.5], [2, 1, 1, 5]);
        var limited = new ImageLimit(range, 0.9).Apply(new Given(images)).Denoise(images, tensor([1.0])).ToArray<double>();

        limited[..5].ShouldBe([1 / s, 2 / s, 3 / s, 4 / s, -1], 1e-12);
        limited[5..].ShouldBe([0.1, 0.2, -0.3, 0.4, 0.5], 1e-12);
    }

    [Fact]
    public void A_range_is_a_limit_on_both_sides()
    {
        using var scope = NewDisposeScope();
        var images = tensor([1.0, 4, -8, 0.5], [1, 1, 1, 4]);
        new ImageLimit(3).Apply(new Given(images)).Denoise(images, tensor([1.0])).ToArray<double>().ShouldBe([1, 3, -3, 0.5]);
    }

    [Theory]
    [InlineData(0.0, null)]
    [InlineData(0.5, 0.9)]
    [InlineData(2.0, 1.5)]
    public void Limits_that_make_no_sense_are_refused(double range, double? ratio) =>
        Should.Throw<InvalidInputException>(() => new ImageLimit(range, ratio).Validate()).Message.ShouldStartWith("clip ");

    private sealed class Given(Tensor images) : WrappedDenoiser(new GaussianDenoiser(new ImageShape(1, 1, 1), 1))
    {
        public override Tensor Denoise(Tensor x, Tensor sigma, Condition? condition = null) => images.clone();
    }
}
