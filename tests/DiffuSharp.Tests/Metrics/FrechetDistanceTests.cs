using DiffuSharp.Metrics;
using DiffuSharp.Torch;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Metrics;

public class FrechetDistanceTests
{
    [Fact]
    public void Gaussians_with_known_distance_are_exact()
    {
        // Diagonal: |Δμ|² + Σ (√a − √b)²; a zero variance makes one side singular.
        using var a = Draws.Diagonal([1, -2, 0, 3], [4, 1, 0.25, 0]);
        using var b = Draws.Diagonal([0, -2, 2, 3], [1, 9, 0.25, 2]);

        var result = FrechetDistance.Compute(a, b);

        result.Value.ShouldBe(1 + 4 + 1 + 4 + 0 + 2, 1e-12);
        result.MeanTerm.ShouldBe(5, 1e-14);
        result.CovarianceTerm.ShouldBe(7, 1e-12);
    }

    [Fact]
    public void Commuting_covariances_are_exact_in_any_basis()
    {
        using var scope = NewDisposeScope();
        var q = Draws.Rotation(6, 3);
        double[] va = [9, 4, 1, 0.5, 0.1, 0.01];
        double[] vb = [1, 5, 2, 0.2, 0.3, 0.04];
        using var a = new FeatureStatistics(zeros([6], ScalarType.Float64), (q * tensor(va)).matmul(q.transpose(0, 1)), null);
        using var b = new FeatureStatistics(zeros([6], ScalarType.Float64), (q * tensor(vb)).matmul(q.transpose(0, 1)), null);

        FrechetDistance.Compute(a, b).Value.ShouldBe(va.Zip(vb, (x, y) => Math.Pow(Math.Sqrt(x) - Math.Sqrt(y), 2)).Sum(), 1e-12);
    }

    [Fact]
    public void Rotating_and_moving_both_sets_changes_nothing()
    {
        using var scope = NewDisposeScope();
        var scale = tensor(Enumerable.Range(1, 12).Select(i => 1.0 / i).ToArray());
        var (x, y) = (Draws.Normal(300, 12, 1) * scale, (Draws.Normal(250, 12, 2) * 1.5) + 0.2);
        var (q, shift) = (Draws.Rotation(12, 5), Draws.Normal(1, 12, 6) * 10);

        Distance(x.matmul(q) + shift, y.matmul(q) + shift).ShouldBe(Distance(x, y), 1e-9);
        Distance(x, y).ShouldBe(Distance(y, x), 1e-10);
        Distance(x, y).ShouldBeGreaterThan(1);
    }

    [Fact]
    public void Distance_grows_with_the_shift()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (Draws.Normal(400, 8, 1), Draws.Normal(400, 8, 2));
        var meanDifference = (x.mean([0]) - y.mean([0])).select(0, 0).ToDouble();
        var previous = Distance(x, y);
        foreach (var shift in new[] { 0.5, 1, 2, 4 })
        {
            var moved = x + (tensor([1.0, 0, 0, 0, 0, 0, 0, 0]) * (shift - meanDifference));
            var distance = Distance(moved, y);
            distance.ShouldBeGreaterThan(previous);
            previous = distance;
        }

        previous.ShouldBe(16, 0.5);
    }

    [Theory]
    [InlineData(20, 30)]
    [InlineData(60, 25)]
    public void Both_forms_agree_for_fewer_images_than_features(int n, int m)
    {
        using var scope = NewDisposeScope();
        var (x, y) = (Draws.Normal(n, 64, 1), (Draws.Normal(m, 64, 2) * 2) + 0.5);

        var small = FrechetDistance.FromFeatures(x, y);

        small.Value.ShouldBe(Distance(x, y), 1e-6 * small.Value);
        small.MeanTerm.ShouldBeInRange(1, small.Value);
    }

    [Fact]
    public void Clamped_eigenvalues_are_counted()
    {
        using var scope = NewDisposeScope();
        using var broken = Draws.Diagonal([0, 0], [1, -0.5]);
        using var unit = Draws.Diagonal([0, 0], [1, 1]);

        var result = FrechetDistance.Compute(broken, unit);

        result.ClampedCount.ShouldBe(1);
        result.ClampedSum.ShouldBe(-0.5, 1e-12);
    }

    [Fact]
    public void Few_images_bias_the_distance_upwards_and_the_fit_finds_the_limit()
    {
        using var scope = NewDisposeScope();
        using var reference = Draws.Diagonal(new double[16], [.. Enumerable.Repeat(1.0, 16)]);
        var x = Draws.Normal(1200, 16, 4);
        using var statistics = FeatureStatistics.Of(x);
        var measured = FrechetDistance.Compute(statistics, reference).Value;

        var fit = FrechetExtrapolation.Compute(x, reference, 1);

        // To first order the bias is d/N from the mean and d(d+1)/(4N) from the covariance: (16 + 68)/1200 = 0.07; the limit is 0.
        measured.ShouldBe(0.07, 0.03);
        fit.Bias.ShouldBe(0.07, 0.04);
        Math.Abs(fit.Limit).ShouldBeLessThan(0.04);
    }

    [Fact]
    public void Bootstrap_gives_the_standard_error_of_a_mean()
    {
        using var scope = NewDisposeScope();
        var x = Draws.Normal(500, 1, 8);

        var error = Bootstrap.StandardError(500, 400, 3, rows => x.index_select(0, rows).mean().ToDouble());

        error.ShouldBe(x.std().ToDouble() / Math.Sqrt(500), 0.15 / Math.Sqrt(500));
    }

    [Fact]
    public void Sets_that_cannot_be_compared_are_refused()
    {
        using var scope = NewDisposeScope();
        using var four = Draws.Diagonal([0, 0, 0, 0], [1, 1, 1, 1]);
        using var two = Draws.Diagonal([0, 0], [1, 1]);

        Should.Throw<InvalidInputException>(() => FrechetDistance.Compute(four, two)).Message.ShouldContain("4 features against 2");
        Should.Throw<InvalidInputException>(() => FeatureStatistics.Of(Draws.Normal(1, 3, 1))).Message.ShouldContain("at least 2");
        Should.Throw<InvalidInputException>(() => FrechetDistance.FromFeatures(Draws.Normal(1, 3, 1), Draws.Normal(5, 3, 1))).Message.ShouldContain("at least 2");
    }

    private static double Distance(Tensor x, Tensor y)
    {
        using var a = FeatureStatistics.Of(x);
        using var b = FeatureStatistics.Of(y);
        return FrechetDistance.Compute(a, b).Value;
    }
}
