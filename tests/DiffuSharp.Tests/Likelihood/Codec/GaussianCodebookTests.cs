using DiffuSharp.Likelihood.Codec;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Likelihood.Codec;

public class GaussianCodebookTests
{
    private const int Dimension = 48;
    private const int Candidates = 700;

    [Fact]
    public void The_candidate_found_is_the_one_whose_product_with_the_mean_is_nearest_to_its_square()
    {
        var book = Book(seed: 3);
        var random = new Random(1);
        double[] mean = [.. Enumerable.Range(0, Dimension).Select(_ => random.NextDouble() - 0.4)];
        var square = mean.Sum(m => m * m);
        double[] products = [.. Enumerable.Range(0, Candidates).Select(i => Candidate(book, i).Zip(mean, (z, m) => z * m).Sum())];
        var found = book.Nearest(mean);

        Math.Abs(products[found] - square).ShouldBe(products.Min(p => Math.Abs(p - square)), 1e-9);
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
            var coded = blocks * (Math.Log2(candidates) - 2.5);
            coded.ShouldBeInRange(0.9 * bits, 1.1 * bits);
            (Math.Log2(candidates) - 2.5).ShouldBeLessThanOrEqualTo(14.01);
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
