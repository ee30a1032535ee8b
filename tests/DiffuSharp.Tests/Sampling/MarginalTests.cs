using DiffuSharp.Recipes;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Levels;
using DiffuSharp.Sampling.Solvers;

namespace DiffuSharp.Tests.Sampling;

public sealed class MarginalTests
{
    private static readonly Heun s_stochastic = new() { S_churn = 40, S_min = 0.05, S_max = 50 };

    public static TheoryData<string, bool> Samplers => new()
    {
        { "euler", false },
        { "euler", true },
        { "heun", false },
        { "heun", true },
    };

    [Theory]
    [MemberData(nameof(Samplers))]
    public void EDM_sampler_keeps_the_marginals_of_the_diffusion_process(string solver, bool churn)
    {
        var tableau = RecipeText.Parse<Solver>(churn ? $"{solver}:S_churn=40,S_min=0.05,S_max=50" : solver).Build(new EdmSteps().Create(18));
        (tableau.NoiseDraws > 0).ShouldBe(churn);

        var marginals = Marginal.Of(tableau);

        // The prior is pure noise of σ_max: it carries no x_0, so the mean is that of a run started at x_0 + σ_max n.
        var started = StartedAtData.From(tableau);
        var conditional = Marginal.Of(started);
        for (var i = 0; i < marginals.Count; i++)
        {
            marginals[i].StandardDeviation.ShouldBe(tableau.Rows[i].Sigma, 1e-12);
            conditional[i + 1].Mean.ShouldBe(1, 1e-12);
            conditional[i + 1].StandardDeviation.ShouldBe(tableau.Rows[i].Sigma, 1e-12);
        }
    }

    [Fact]
    public void Inflated_noise_shows_in_the_marginals()
    {
        var tableau = (s_stochastic with { S_noise = 1.007 }).Build(new EdmSteps().Create(18));
        var noisy = Enumerable.Range(0, tableau.Nfe).First(i => tableau.Rows[i].Noise != 0);
        Marginal.Of(tableau)[noisy].StandardDeviation.ShouldBeGreaterThan(tableau.Rows[noisy].Sigma * 1.0001);
    }

    [Fact]
    public void Marginals_agree_with_theorem_1_on_random_tableaus()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var tableau = RandomTableau.Create(new Random(seed), 7, small: true);
            var marginals = Marginal.Of(tableau);
            for (var t = 0; t < tableau.Rows.Count; t++)
            {
                (var mean, var variance) = Theorem1(tableau, t);
                marginals[t].Mean.ShouldBe(mean, 1e-12);
                marginals[t].Variance.ShouldBe(variance, 1e-12 * Math.Max(1, variance));
            }
        }
    }

    // Watson et al. 2022, Theorem 1: substitute the states x_{t−1}, x_{t−2}, … one after the other into x_t, whose noises are
    // independent. The prior draw, which rows may share, is one more "state" before row 0: μ = 0, σ = 1.
    private static (double Mean, double Variance) Theorem1(SamplerTableau tableau, int t)
    {
        double[] Mu(int row)
        {
            var mu = new double[row + 1];
            mu[0] = tableau.Rows[row].Prior;
            foreach ((var j, var c) in tableau.Rows[row].States)
            {
                mu[j + 1] = c;
            }

            return mu;
        }

        double Data(int row) => tableau.Rows[row].Denoised.Sum(term => term.Coefficient);
        var a = Mu(t);
        var mean = Data(t);
        var variance = tableau.Rows[t].Noise * tableau.Rows[t].Noise;
        for (var row = t - 1; row >= 0; row--)
        {
            var weight = a[row + 1];
            mean += weight * Data(row);
            variance += weight * weight * tableau.Rows[row].Noise * tableau.Rows[row].Noise;
            var mu = Mu(row);
            for (var k = 0; k <= row; k++)
            {
                a[k] += weight * mu[k];
            }
        }

        return (mean, variance + a[0] * a[0]);
    }
}
