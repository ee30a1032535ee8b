using DiffuSharp.Sampling;
using DiffuSharp.Search;
using DiffuSharp.Search.Algorithms;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Search;

public class FirstOrderSearchTests
{
    [Fact]
    public void The_gradient_through_the_sampler_is_that_of_central_differences()
    {
        using var scope = torch.NewDisposeScope();
        using var denoiser = Toy.Mixture();
        foreach (var sampler in new[] { Toy.Heun(5), Toy.Noisy() })
        {
            using var own = new SeededNoise([4, 9], Toy.Shape);
            Tensor[] draws = [.. Enumerable.Range(0, 1 + sampler.NoiseDraws).Select(_ => own.Next())];
            using var generator = new Generator(1);
            var weights = torch.randn([2, 1, 2, 2], generator, ScalarType.Float64);
            var gradient = PriorGradient.Compute(
                sampler, denoiser, new DiffuSharp.Tests.Sampling.ListedNoise(draws), null, ScalarType.Float64, _ => weights, default).ToArray<double>();
            for (var k = 0; k < gradient.Length; k++)
            {
                double Value(double shift)
                {
                    var moved = draws[0].ToArray<double>();
                    moved[k] += shift;
                    using var run = new SamplerRun(sampler, denoiser, new DiffuSharp.Tests.Sampling.ListedNoise([torch.tensor(moved, [2, 1, 2, 2]), .. draws.Skip(1)]));
                    return (run.Finish() * weights).sum().ToDouble();
                }

                ((Value(1e-5) - Value(-1e-5)) / 2e-5).ShouldBe(gradient[k], 1e-7);
            }
        }
    }

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
