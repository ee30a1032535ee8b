using DiffuSharp.Denoising;
using DiffuSharp.Recipes;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Schedules;

namespace DiffuSharp.Tests.Sampling;

public sealed class SolverIdentityTests
{
    private static readonly NoiseLevels s_levels = NoiseLevels.EDM(12, new SigmaRange(0.002, 80));
    private static readonly double[] s_draws = [-1.3, -0.45, 0.2, 0.8];

    public static TheoryData<string> MarginalPreserving => [.. SolverNames.Tunable.Except(["ddpm-large", "euler-maruyama"])];

    public static TheoryData<TimestepStride> Strides => [.. Enum.GetValues<TimestepStride>()];

    [Fact]
    public void DDIM_without_noise_is_Euler_in_sigma() =>
        SameSamples(new Ddim().Build(s_levels), new Euler().Build(s_levels));

    [Fact]
    public void DDIM_with_eta_1_is_ancestral_sampling_with_the_smaller_variance() =>
        SameRows(new Ddim { Eta = 1 }.Build(s_levels), new Ddpm().Build(s_levels));

    [Fact]
    public void First_orders_of_all_families_are_DDIM()
    {
        var ddim = new Ddim().Build(s_levels);
        SameSamples(new DpmSolverPlusPlus { Order = 1 }.Build(s_levels), ddim);
        SameSamples(new UniPC { Order = 1, Corrector = false }.Build(s_levels), ddim);
        SameSamples(new Deis { Order = 1 }.Build(s_levels), ddim);
        SameSamples(new Ipndm { Order = 1 }.Build(s_levels), ddim);
    }

    [Fact]
    public void DEIS_in_sigma_with_equal_steps_is_Adams_Bashforth()
    {
        var equal = new NoiseLevels(Enumerable.Range(0, 20).Select(i => 5 - 0.2 * i));
        SameSamples(new Deis { Order = 4, Polynomial = DeisVariable.Sigma, LowerOrderFinal = false }.Build(equal), new Ipndm().Build(equal));
    }

    [Fact]
    public void DPM_solver_2M_is_UniP_2()
    {
        // Both take ½ for the slope term, whatever the steps.
        SameRows(
            new DpmSolverPlusPlus { Order = 2 }.Build(s_levels),
            new UniPC { Order = 2, Variant = UniPCVariant.Bh2, Corrector = false }.Build(s_levels));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void DPM_solver_rewritten_as_GGDM_gives_equal_samples_and_keeps_the_marginals(int order)
    {
        var solver = new DpmSolverPlusPlus { Order = order }.Build(s_levels);
        var coefficients = Ggdm.From(solver);
        var ggdm = Ggdm.Create(coefficients);

        ggdm.Rows.SelectMany((row, i) => row.Denoised.Select(term => term.Row - i)).ShouldAllBe(back => back == -1);
        SameSamples(ggdm, solver);
        var marginals = coefficients.Marginals();
        for (var t = 1; t <= coefficients.Steps; t++)
        {
            var sigma = s_levels[s_levels.Steps - t];
            marginals[t - 1].Mean.ShouldBe(1, 1e-12);
            marginals[t - 1].StandardDeviation.ShouldBe(sigma, 1e-12 * sigma);
        }
    }

    [Theory]
    [InlineData("heun")]
    [InlineData("unipc-3")]
    [InlineData("deis-3")]
    [InlineData("ipndm")]
    public void Every_deterministic_solver_is_a_GGDM_sampler(string name)
    {
        var solver = RecipeText.Parse<Solver>(name).Build(s_levels);
        SameSamples(Ggdm.Create(Ggdm.From(solver)), solver, 1e-9);
    }

    [Fact]
    public void DDIM_in_VP_coordinates_is_a_GGDM_sampler_with_the_marginals_of_the_process()
    {
        // Watson et al. 2022: μ_{t,t+1} = √(1 − ᾱ_t − s²)/√(1 − ᾱ_{t+1}), μ_t0 = √ᾱ_t − μ_{t,t+1} √ᾱ_{t+1}, σ_t = s.
        const double eta = 0.6;
        double[] abar = [.. s_levels.Sigmas.SkipLast(1).Reverse().Select(sigma => 1 / (1 + sigma * sigma))];
        var steps = abar.Length;
        var mu = new double[steps][];
        var noise = new double[steps];
        mu[steps - 1] = [Math.Sqrt(abar[^1])];
        noise[steps - 1] = Math.Sqrt(1 - abar[^1]);
        for (var t = steps - 2; t >= 0; t--)
        {
            noise[t] = eta * Math.Sqrt((1 - abar[t]) / (1 - abar[t + 1]) * (1 - abar[t + 1] / abar[t]));
            var next = Math.Sqrt((1 - abar[t] - noise[t] * noise[t]) / (1 - abar[t + 1]));
            mu[t] = [Math.Sqrt(abar[t]) - next * Math.Sqrt(abar[t + 1]), next, .. new double[steps - 2 - t]];
        }

        var coefficients = new GgdmCoefficients { Mu = mu, Sigma = noise };
        var marginals = coefficients.Marginals();
        for (var t = 0; t < steps; t++)
        {
            marginals[t].Mean.ShouldBe(Math.Sqrt(abar[t]), 1e-12);
            marginals[t].Variance.ShouldBe(1 - abar[t], 1e-12);
        }

        var ddim = new Ddim { Eta = eta }.Build(s_levels);
        SameSamples(Ggdm.Create(coefficients), ddim);

        // PRED and TIME at their exact values change nothing.
        SameSamples(
            Ggdm.Create(coefficients with { Prediction = marginals, NetworkSigma = [.. s_levels.Sigmas.SkipLast(1).Reverse()] }),
            ddim);
    }

    [Fact]
    public void GGDM_network_levels_and_prediction_coefficients_are_used()
    {
        var plain = Ggdm.From(new Ddim().Build(s_levels));
        double[] time = [.. s_levels.Sigmas.SkipLast(1).Reverse().Select(sigma => 1.5 * sigma)];
        var timed = Ggdm.Create(plain with { NetworkSigma = time });
        timed.Rows.Take(timed.Nfe).Select(row => row.Sigma).Reverse().ShouldBe(time);

        Marginal[] shifted = [.. plain.Marginals().Select(m => m with { Variance = 4 * m.Variance })];
        Ggdm.Create(plain with { Prediction = shifted }).Rows[0].Sigma.ShouldBe(2 * s_levels[0], 1e-9);
        Should.Throw<InvalidInputException>(() => Ggdm.Create(plain with { Sigma = [1] })).Message.ShouldContain("lists of mu");
        var keepsNoise = new DpmSolverPlusPlus().Build(new NoiseLevels([5, 2, 1]));
        Should.Throw<InvalidInputException>(() => Ggdm.From(keepsNoise)).Message.ShouldContain("GGDM");
    }

    [Theory]
    [MemberData(nameof(MarginalPreserving))]
    public void Every_state_has_the_marginal_of_the_process(string name)
    {
        var tableau = RecipeText.Parse<Solver>(name == "ddim" ? "ddim:eta=0.7" : name).Build(s_levels);
        KeepsMarginals(tableau);
    }

    [Theory]
    [MemberData(nameof(Strides))]
    public void Ancestral_sampling_keeps_the_marginals_of_DDPM_on_every_stride(TimestepStride stride) =>
        KeepsMarginals(new Ddpm().Build(DiscreteLevels.Create(DiscreteNoiseSchedule.Linear(), stride, 20)));

    [Fact]
    public void Ancestral_noise_is_beta_or_the_posterior_variance()
    {
        var levels = DiscreteLevels.Create(DiscreteNoiseSchedule.Linear(), TimestepStride.Leading, 10);
        var small = new Ddpm().Build(levels);
        var large = new Ddpm { Variance = ReverseVariance.FixedLarge }.Build(levels);
        for (var i = 1; i < levels.Steps; i++)
        {
            (var before, var after) = (Abar(levels[i - 1]), Abar(levels[i]));
            var beta = 1 - before / after;
            var posterior = beta * (1 - after) / (1 - before);
            (large.Rows[i].Noise * Math.Sqrt(after)).ShouldBe(Math.Sqrt(beta), 1e-12);
            (small.Rows[i].Noise * Math.Sqrt(after)).ShouldBe(Math.Sqrt(posterior), 1e-12);
        }

        static double Abar(double sigma) => 1 / (1 + sigma * sigma);
    }

    [Fact]
    public void Quadratic_and_trailing_strides_have_the_timesteps_of_their_papers()
    {
        DiscreteLevels.Timesteps(1000, TimestepStride.Quadratic, 5).ShouldBe([800, 450, 200, 50, 0]);
        DiscreteLevels.Timesteps(1000, TimestepStride.Trailing, 4).ShouldBe([999, 749, 499, 249]);
        Should.Throw<InvalidInputException>(() => DiscreteLevels.Create(DiscreteNoiseSchedule.Linear(), TimestepStride.Leading, 1001));
    }

    [Fact]
    public void Options_out_of_range_are_refused_in_one_line()
    {
        var equal = new NoiseLevels([3, 2, 2, 0]);
        Action[] wrong =
        [
            () => new Ddim { Eta = 1.1 }.Build(s_levels),
            () => new DpmSolverPlusPlus { Order = 4 }.Build(s_levels),
            () => new UniPC { Order = 0 }.Build(s_levels),
            () => new Deis { Order = 5 }.Build(s_levels),
            () => new Ipndm { Order = 5 }.Build(s_levels),
            () => new DpmSolverPlusPlus().Build(equal),
            () => RecipeText.Parse<Solver>("rk45"),
        ];
        foreach (var action in wrong)
        {
            Should.Throw<InvalidInputException>(action).Message.ShouldNotContain('\n');
        }
    }

    private static void KeepsMarginals(SamplerTableau tableau)
    {
        var marginals = Marginal.Of(StartedAtData.From(tableau));
        for (var i = 0; i < tableau.Rows.Count; i++)
        {
            var sigma = tableau.Rows[i].Sigma;
            marginals[i + 1].Mean.ShouldBe(1, 1e-12);
            marginals[i + 1].StandardDeviation.ShouldBe(sigma, 1e-12 * Math.Max(1, sigma));
        }
    }

    private static void SameSamples(SamplerTableau actual, SamplerTableau expected, double tolerance = 1e-12)
    {
        var one = new ReferenceRunner(TwoPeaks.Denoise).Run(actual, s_draws, Noise);
        var other = new ReferenceRunner(TwoPeaks.Denoise).Run(expected, s_draws, Noise);
        for (var c = 0; c < one.Length; c++)
        {
            one[c].ShouldBe(other[c], tolerance);
        }

        static double[] Noise(int row) => [.. s_draws.Select((draw, c) => Math.Sin((row + 1) * draw + c))];
    }

    private static void SameRows(SamplerTableau actual, SamplerTableau expected)
    {
        actual.Rows.Count.ShouldBe(expected.Rows.Count);
        foreach ((var one, var other) in actual.Rows.Zip(expected.Rows))
        {
            one.Sigma.ShouldBe(other.Sigma);
            one.Prior.ShouldBe(other.Prior);
            one.Noise.ShouldBe(other.Noise, 1e-12);
            SameTerms(one.States, other.States);
            SameTerms(one.Denoised, other.Denoised);
        }

        static void SameTerms(IReadOnlyList<Term> one, IReadOnlyList<Term> other)
        {
            one.Select(term => term.Row).ShouldBe(other.Select(term => term.Row));
            one.Zip(other).ShouldAllBe(pair => Math.Abs(pair.First.Coefficient - pair.Second.Coefficient) < 1e-12);
        }
    }
}
