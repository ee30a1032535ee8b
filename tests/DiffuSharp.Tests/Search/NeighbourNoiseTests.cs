using DiffuSharp.Search.Noise;
using DiffuSharp.Torch;
using FsCheck;
using FsCheck.Fluent;

namespace DiffuSharp.Tests.Search;

public class NeighbourNoiseTests
{
    [Fact]
    public void A_neighbour_has_the_stated_cosine_and_the_norm_of_its_parent()
    {
        var cases = from side in Gen.Choose(2, 16) from seed in Gen.Choose(0, 10000) from cosine in Gen.Choose(-100, 100) select (side, seed, cosine / 100.0);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            using var scope = torch.NewDisposeScope();
            var shape = new ImageShape(1, c.side, c.side);
            var parent = new SeedNoise(c.seed, 0);
            var child = new NeighbourNoise(parent, (ulong)c.seed, c.Item3, PriorOnly: false, "");
            foreach (var (n, y) in parent.Draws(shape).Zip(child.Draws(shape)).Take(3))
            {
                var norms = (Norm(n), Norm(y));
                norms.Item2.ShouldBe(norms.Item1, 1e-6 * norms.Item1);
                ((n * y).sum().ToDouble() / (norms.Item1 * norms.Item2)).ShouldBe(c.Item3, 1e-6);
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Only_the_prior_is_moved_where_that_is_asked_for()
    {
        using var scope = torch.NewDisposeScope();
        var parent = new SeedNoise(3, 0);
        var child = new NeighbourNoise(parent, 1, 0.5, PriorOnly: true, "");

        var (p, c) = (parent.Draws(Toy.Shape).Take(3).ToArray(), child.Draws(Toy.Shape).Take(3).ToArray());
        c[0].ToArray<double>().ShouldNotBe(p[0].ToArray<double>());
        c[1].ToArray<double>().ShouldBe(p[1].ToArray<double>());
        c[2].ToArray<double>().ShouldBe(p[2].ToArray<double>());
    }

    [Fact]
    public void Addresses_give_independent_unit_normal_numbers()
    {
        // 200 000 numbers: mean, variance, fourth moment and the correlation of neighbouring addresses, each within 4.5 standard errors.
        const int n = 1000;
        const int keys = 200;
        var values = new double[keys][];
        for (var k = 0; k < keys; k++)
        {
            NoiseAddress.Normal(NoiseAddress.Of(5, DrawPurpose.Candidate, k), values[k] = new double[n]);
        }

        var all = values.SelectMany(v => v).ToArray();
        var error = 4.5 / Math.Sqrt(all.Length);
        all.Average().ShouldBe(0, error);
        all.Average(v => v * v).ShouldBe(1, error * Math.Sqrt(2));
        all.Average(v => v * v * v * v).ShouldBe(3, error * Math.Sqrt(96));
        Enumerable.Range(1, keys - 1).SelectMany(k => values[k].Zip(values[k - 1], (a, b) => a * b)).Average().ShouldBe(0, error * 1.01);
        all.Zip(all.Skip(1), (a, b) => a * b).Average().ShouldBe(0, error);
    }

    private static double Norm(Tensor x) => x.square().sum().sqrt().ToDouble();
}
