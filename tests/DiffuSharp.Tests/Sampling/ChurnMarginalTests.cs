using DiffuSharp.Denoising;
using DiffuSharp.Recipes;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Levels;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Sampling;

/// <summary>
/// The stochastic sampler with the exact denoiser of a mixture: its states are distributed as the diffusion process at their noise level. Kolmogorov and
/// Smirnov's distance of 10,000 states from the exact distribution, against 1.95/√N = 0.0195 (level 0.001). Power: a distribution function that is off by 0.035
/// anywhere is found with probability 0.999, as the distance there has a standard deviation of at most 0.5/√N = 0.005.
/// </summary>
public class ChurnMarginalTests
{
    private const int Images = 10_000;
    private const int Steps = 200;

    private static readonly Heun s_churn = new() { S_churn = 40, S_min = 0.02, S_max = 50 };
    private static readonly double s_critical = 1.95 / Math.Sqrt(Images);
    private static readonly double[] s_weights = [0.4, 0.6];
    private static readonly double[] s_means = [-0.5, 0.4];
    private static readonly double[] s_stds = [0.1, 0.15];

    [Theory]
    [InlineData("heun", 1)]
    [InlineData("euler", 1)]
    [InlineData("heun", 7)]
    public void Churn_keeps_the_marginals_of_the_process(string solver, ulong seed)
    {
        foreach (var (sigma, distance) in Distances(RecipeText.Parse<Solver>($"{solver}:S_churn=40,S_min=0.02,S_max=50"), seed))
        {
            distance.ShouldBeLessThan(s_critical, $"sigma {sigma}");
        }
    }

    [Fact]
    public void The_test_sees_noise_that_is_inflated()
    {
        var wrong = Distances(s_churn with { S_noise = 1.15 }, seed: 1);
        wrong.ShouldAllBe(item => item.Distance > s_critical);
    }

    // At the first state that is evaluated at or below each of two levels, and for the samples.
    private static List<(double Sigma, double Distance)> Distances(Solver solver, ulong seed)
    {
        using var scope = torch.NewDisposeScope();
        using var denoiser = new GaussianMixtureDenoiser(new ImageShape(1, 1, 1), s_weights, [[s_means[0]], [s_means[1]]], s_stds);
        using var generator = new Generator(seed);
        var tableau = solver.Build(new EdmSteps().Create(Steps));
        var wanted = new Queue<double>([0.5, 0.1, 0]);
        var distances = new List<(double, double)>();
        using var run = new SamplerRun(tableau, denoiser, new Draws(generator))
        {
            Observer = step =>
            {
                if (wanted.TryPeek(out var level) && step.Sigma <= level)
                {
                    wanted.Dequeue();
                    distances.Add((step.Sigma, Distance(step.State, step.Sigma)));
                }
            },
        };
        run.Finish();
        distances.Count.ShouldBe(3);
        return distances;
    }

    private static double Distance(Tensor state, double sigma)
    {
        var values = state.ToArray<double>();
        Array.Sort(values);
        var x = torch.tensor(values);
        var exact = torch.zeros_like(x);
        for (var k = 0; k < s_weights.Length; k++)
        {
            exact += ((x - s_means[k]) / Math.Sqrt((s_stds[k] * s_stds[k]) + (sigma * sigma))).special_ndtr() * s_weights[k];
        }

        var below = torch.arange(0, Images, ScalarType.Float64) / Images;
        return Math.Max((exact - below).abs().max().ToDouble(), (exact - below - (1.0 / Images)).abs().max().ToDouble());
    }

    private sealed class Draws(Generator generator) : INoiseSource
    {
        public Tensor Next() => torch.randn([Images, 1, 1, 1], generator, ScalarType.Float64);
    }
}
