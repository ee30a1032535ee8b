using DiffuSharp.Likelihood.Codec;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Likelihood.Codec;

public class GaussianCodebookTests
{
    private const int Dimension = 48;
    private const int Candidates = 700;

    [Fact]
    public void The_candidate_found_is_the_one_with_the_largest_component_along_the_mean()
    {
        var book = Book(seed: 3);
        var random = new Random(1);
        double[] mean = [.. Enumerable.Range(0, Dimension).Select(_ => random.NextDouble() - 0.4)];
        double[] products = [.. Enumerable.Range(0, Candidates).Select(i => Candidate(book, i).Zip(mean, (z, m) => z * m).Sum())];

        products[book.Farthest(mean)].ShouldBe(products.Max(), 1e-9);
    }

    // E max = ∫ (1 − Φ(x)^n) dx, against |m| of the step's bits; x from 0, below which the largest of 60 never is.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    public void The_largest_component_of_the_candidates_is_on_average_that_of_q(int k)
    {
        const double Step = 1e-3;
        var (blocks, candidates) = StepRate.Split(k, 14);
        using var scope = torch.NewDisposeScope();
        var below = ((torch.arange(0, 9000, ScalarType.Float64) + 0.5) * Step).special_ndtr().ToArray<double>();
        var m = Math.Sqrt(2 * Math.Log(2) * 4 * Math.Pow(2, (k - 1) / 4.0));

        blocks.ShouldBe(1);
        below.Sum(phi => Step * (1 - Math.Pow(phi, candidates))).ShouldBe(m, 0.005 * m);
    }

    // 700 · 48 values made of 1024 normals: the mean square has a standard error of about √(2/1024) = 4.4 %.
    [Fact]
    public void Candidates_are_unit_normal_and_hardly_alike()
    {
        var book = Book(seed: 8);
        double[][] candidates = [.. Enumerable.Range(0, Candidates).Select(i => Candidate(book, i))];

        candidates.Average(z => z.Sum(v => v * v) / Dimension).ShouldBe(1, 0.18);
        candidates.Average(z => z.Average()).ShouldBe(0, 0.13);
        var alike = Enumerable.Range(1, Candidates - 1).Max(i => Math.Abs(candidates[0].Zip(candidates[i], (a, b) => a * b).Sum() / Dimension));
        alike.ShouldBeLessThan(0.8);
    }

    [Fact]
    public void Both_ends_draw_the_same_book()
    {
        Candidate(Book(seed: 5), 77).ShouldBe(Candidate(Book(seed: 5), 77));
        Candidate(Book(seed: 5), 77).ShouldNotBe(Candidate(Book(seed: 6), 77));
    }

    [Fact]
    public void A_step_is_cut_into_equal_blocks_of_enough_candidates()
    {
        StepRate.ClassOf(0).ShouldBe(0);
        StepRate.ClassOf(3).ShouldBe(0);
        for (double bits = 4; bits < 50_000; bits *= 1.03)
        {
            var (blocks, candidates) = StepRate.Split(StepRate.ClassOf(bits), 14);
            (bits / blocks).ShouldBeLessThanOrEqualTo(14 * 1.1);
            (Math.Log2(candidates) - (bits / blocks)).ShouldBeInRange(0.5, 4);
        }

        Should.Throw<InvalidInputException>(() => StepRate.ClassOf(1e6)).Message.ShouldContain("more noise levels");
    }

    private static GaussianCodebook Book(ulong seed)
    {
        using var generator = new Generator(seed);
        return new GaussianCodebook(generator, Dimension, Candidates);
    }

    private static double[] Candidate(GaussianCodebook book, int i)
    {
        var values = new double[Dimension];
        book.AddTo(values, i, 1);
        return values;
    }
}
