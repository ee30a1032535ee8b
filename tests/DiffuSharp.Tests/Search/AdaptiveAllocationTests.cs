using DiffuSharp.Search;
using DiffuSharp.Search.Algorithms;

namespace DiffuSharp.Tests.Search;

public class AdaptiveAllocationTests
{
    [Fact]
    public void Reaches_the_score_of_random_search_with_half_its_budget()
    {
        // Previews of 3 NFE rank the candidates of a Gaussian model exactly, full ones cost 19: the best of about 20 previews and more where it pays against the best of 10 full generations.
        using var denoiser = Toy.Gaussian();
        var sampler = Toy.Heun(10);
        var random = new Searcher(Toy.Problem(denoiser, sampler, 190, 200) with { Batch = 500, Block = 200 }, new RandomSearch()).Run();
        var adaptive = new Searcher(
            Toy.Problem(denoiser, sampler, 95, 200) with { Batch = 500, Block = 200 }, new AdaptiveAllocation { Preview = Toy.Heun(2), Previews = 12 }).Run();

        adaptive.Images.Average(i => i.Best).ShouldBeGreaterThanOrEqualTo(random.Images.Average(i => i.Best));
    }

    [Fact]
    public void Previews_of_the_same_cost_are_told_apart_by_their_content()
    {
        Options(Toy.Heun(2)).ShouldBe(Options(Toy.Heun(2)));
        Options(Toy.Noisy(3)).ShouldNotBe(Options(Toy.Heun(2)));
        (Toy.Noisy(3).Nfe, Toy.Heun(2).Nfe).ShouldBe((3, 3));

        static string Options(DiffuSharp.Sampling.SamplerTableau preview) => string.Join(' ', new AdaptiveAllocation { Preview = preview }.Options);
    }

    [Fact]
    public void Later_rounds_spend_on_the_images_with_most_to_gain()
    {
        // The verifier sees class 1 images through 1/50 of the scale: little to gain there.
        using var denoiser = new ScaledClasses();
        var problem = Toy.Problem(denoiser, Toy.Heun(6), 120, 40) with { Batch = 100, Block = 40, Verifier = new ScaledVerifier() };
        var result = new Searcher(problem, new AdaptiveAllocation { Preview = Toy.Heun(2), Previews = 6 }).Run();

        var rich = result.Images.Where(i => i.Class == 0).Average(i => (double)i.Nfe);
        var poor = result.Images.Where(i => i.Class == 1).Average(i => (double)i.Nfe);
        rich.ShouldBeGreaterThan(1.5 * poor);
        result.Images.Sum(i => i.Nfe).ShouldBeLessThanOrEqualTo(40 * 120);
    }
}
