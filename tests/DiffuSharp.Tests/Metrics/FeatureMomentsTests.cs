using DiffuSharp.Metrics;
using DiffuSharp.Torch;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Metrics;

public class FeatureMomentsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(200)]
    public void Batches_of_any_size_give_the_textbook_covariance(int batch)
    {
        // A mean far from zero: sums of squares would lose the covariance to rounding.
        using var scope = NewDisposeScope();
        var x = Draws.Normal(200, 5, 3) + 1e6;
        using var moments = new FeatureMoments();
        foreach (var part in x.split(batch))
        {
            moments.Add(part);
        }

        using var streamed = moments.ToStatistics();

        var mean = x.mean([0], keepdim: true);
        var covariance = (x - mean).transpose(0, 1).matmul(x - mean) / 199.0;
        streamed.Count.ShouldBe(200);
        (streamed.Mean - mean).abs().max().ToDouble().ShouldBeLessThan(1e-8);
        (streamed.Covariance - covariance).abs().max().ToDouble().ShouldBeLessThan(1e-8);
        covariance.diagonal().min().ToDouble().ShouldBeGreaterThan(0.5);
    }

    [Fact]
    public void Float32_features_are_summed_in_float64()
    {
        using var scope = NewDisposeScope();
        var x = (Draws.Normal(5000, 3, 3) + 1000).to(ScalarType.Float32);
        using var single = FeatureStatistics.Of(x);
        using var wide = FeatureStatistics.Of(x.to(ScalarType.Float64));

        single.Mean.dtype.ShouldBe(ScalarType.Float64);
        single.Covariance.equal(wide.Covariance).ShouldBeTrue();
    }

    [Fact]
    public void Features_that_are_not_finite_are_refused_with_the_image()
    {
        using var scope = NewDisposeScope();
        using var moments = new FeatureMoments();
        moments.Add(Draws.Normal(4, 3, 1));
        var broken = Draws.Normal(4, 3, 2);
        broken[2].copy_(full([3], double.NaN, ScalarType.Float64));

        var error = Should.Throw<InvalidInputException>(() => moments.Add(broken));

        error.Message.ShouldContain("1 of 4 images give NaN");
        error.Message.ShouldContain("first image 6");
        moments.Count.ShouldBe(4);
    }
}
