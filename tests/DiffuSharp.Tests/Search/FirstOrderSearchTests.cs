using DiffuSharp.Search;
using DiffuSharp.Search.Algorithms;

namespace DiffuSharp.Tests.Search;

public class FirstOrderSearchTests
{
    [Fact]
    public void Ascent_finds_what_random_search_does_not()
    {
        using var denoiser = Toy.Mixture();
        var problem = Toy.Problem(denoiser, Toy.Heun(), 29 * Toy.Heun().Nfe, 20) with { Block = 20 };
        var ascent = new Searcher(problem, new FirstOrderSearch { LearningRate = 2, Clip = 1, NormWeight = 0.01 }).Run();
        var random = new Searcher(problem, new RandomSearch()).Run();

        ascent.Images.Average(i => i.Best).ShouldBeGreaterThan(random.Images.Average(i => i.Best));
    }
}
