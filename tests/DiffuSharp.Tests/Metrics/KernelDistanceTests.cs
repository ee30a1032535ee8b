using DiffuSharp.Metrics;
using DiffuSharp.Torch;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Metrics;

public class KernelDistanceTests
{
    [Fact]
    public void All_pairs_agree_with_the_sums_written_out()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (Draws.Normal(7, 3, 1), Draws.Normal(5, 3, 2) + 0.5);
        double Sum(Tensor a, Tensor b, bool others)
        {
            double sum = 0;
            for (var i = 0; i < a.size(0); i++)
            {
                for (var j = 0; j < b.size(0); j++)
                {
                    sum += others && i == j ? 0 : Math.Pow(((a[i] * b[j]).sum().ToDouble() / 3) + 1, 3);
                }
            }

            return sum;
        }

        var expected = (Sum(x, x, true) / (7 * 6)) + (Sum(y, y, true) / (5 * 4)) - (2 * Sum(x, y, false) / (7 * 5));
        KernelDistance.FromAllPairs(x, y).ShouldBe(expected, 1e-12);
    }

    [Fact]
    public void Blocks_do_not_matter()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (Draws.Normal(1300, 2, 1), Draws.Normal(700, 2, 2) * 1.2);
        double Mean(Tensor a, Tensor b) => (a.matmul(b.transpose(0, 1)) / 2.0 + 1).pow(3).sum().ToDouble();
        double Own(Tensor a) => (Mean(a, a) - (a.square().sum([1]) / 2.0 + 1).pow(3).sum().ToDouble()) / (a.size(0) * (a.size(0) - 1.0));

        KernelDistance.FromAllPairs(x, y).ShouldBe(Own(x) + Own(y) - (2 * Mean(x, y) / (1300.0 * 700)), 1e-10);
    }

    [Fact]
    public void Equal_distributions_give_zero_on_average()
    {
        // 400 independent estimates from 20 images: the mean of an unbiased one lies within 4 standard errors of 0 with probability 1 − 6e-5, while the
        // biased form (with the diagonal) is above by E k(x,x) / 20 = 0.75, more than 20 standard errors.
        using var scope = NewDisposeScope();
        double[] values = [.. Enumerable.Range(0, 400).Select(i => KernelDistance.FromAllPairs(Draws.Normal(20, 4, (ulong)(2 * i)), Draws.Normal(20, 4, (ulong)((2 * i) + 1))))];

        var mean = values.Average();
        var error = Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / 399 / 400);

        Math.Abs(mean).ShouldBeLessThan(4 * error);
        error.ShouldBeLessThan(0.03);
    }

    [Fact]
    public void Subsets_depend_on_the_seed_alone_and_gather_around_all_pairs()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (Draws.Normal(300, 6, 1), Draws.Normal(280, 6, 2) + 0.4);
        var options = new KernelDistanceOptions { Subsets = 40, SubsetSize = 100, Seed = 5 };

        var result = KernelDistance.FromSubsets(x, y, options);

        KernelDistance.FromSubsets(x, y, options).ShouldBe(result);
        KernelDistance.FromSubsets(x, y, options with { Seed = 6 }).ShouldNotBe(result);
        result.Mean.ShouldBe(KernelDistance.FromAllPairs(x, y), 4 * result.Std / Math.Sqrt(40));
        result.Std.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Small_sets_shrink_the_subsets()
    {
        using var scope = NewDisposeScope();
        var result = KernelDistance.FromSubsets(Draws.Normal(30, 3, 1), Draws.Normal(50, 3, 2), new KernelDistanceOptions { Subsets = 2 });

        result.SubsetSize.ShouldBe(30);
    }
}
