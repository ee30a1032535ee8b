using DiffuSharp.Recipes;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Levels;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Schedules;

namespace DiffuSharp.Tests.Sampling;

public sealed class EdmSamplerTests
{
    [Theory]
    [InlineData("heun", 18, 35)]
    [InlineData("heun", 2, 3)]
    [InlineData("heun", 1, 1)]
    [InlineData("euler", 18, 18)]
    [InlineData("euler", 1, 1)]
    public void Evaluations_are_2N_minus_1_for_Heun_and_N_for_Euler(string solver, int steps, int nfe)
    {
        var tableau = new Sampler(RecipeText.Parse<Solver>(solver), steps).Build().Tableau;
        var runner = new ReferenceRunner(TwoPeaks.Denoise);
        runner.Run(tableau, [0.3]);
        runner.Nfe.ShouldBe(nfe);
        tableau.Nfe.ShouldBe(nfe);
    }

    [Fact]
    public void Only_levels_inside_the_churn_interval_draw_noise()
    {
        var levels = new EdmSteps().Create(18);
        var tableau = new Heun { S_churn = 40, S_min = 0.05, S_max = 50 }.Build(levels);
        for (var i = 0; i < levels.Steps; i++)
        {
            var row = tableau.Rows[2 * i];
            var inside = levels[i] is >= 0.05 and <= 50;
            (row.Noise != 0).ShouldBe(inside);
            row.Sigma.ShouldBe(levels[i] * (inside ? Math.Sqrt(2) : 1), 1e-12 * levels[i]);
        }

        tableau.NoiseDraws.ShouldBe(13);
    }

    [Fact]
    public void Churn_counts_steps_not_evaluations() => new Churn { S_churn = 3.6 }.Gamma(1, 18).ShouldBe(0.2, 1e-15);

    [Fact]
    public void General_sampler_with_its_defaults_is_the_EDM_sampler()
    {
        var heun = new Heun { S_churn = 20, S_min = 0.05, S_max = 50, S_noise = 1.003 };
        var edm = heun.Build(new EdmSteps().Create(18));
        var general = GeneralOdeSolver.Build(heun, new EdmSteps().Create(18));
        general.Rows.Count.ShouldBe(edm.Rows.Count);
        double[] Run(SamplerTableau tableau) => new ReferenceRunner(TwoPeaks.Denoise).Run(tableau, [0.7], row => [Math.Sin(row)]);
        Run(general)[0].ShouldBe(Run(edm)[0], 1e-12);
    }

    [Fact]
    public void Network_that_rounds_sees_only_its_own_levels()
    {
        var levels = new IddpmLevels();
        var own = new HashSet<double>(Enumerable.Range(0, levels.M).Select(j => levels[j]));
        var tableau = new Heun { S_churn = 10 }.Build(new EdmSteps().Create(40).Rounded(levels.Round));
        tableau.Rows.Take(tableau.Nfe).ShouldAllBe(row => own.Contains(row.Sigma));
    }

    [Fact]
    public void Explicit_levels_are_the_rows_of_Euler()
    {
        var tableau = new Euler().Build(new NoiseLevels([10, 2, 0.5, 0]));
        tableau.Rows.Select(row => row.Sigma).ShouldBe([10, 2, 0.5, 0]);
        var row = tableau.Rows[1];
        row.States.ShouldHaveSingleItem().Coefficient.ShouldBe(0.2, 1e-15);
        row.Denoised.ShouldHaveSingleItem().Coefficient.ShouldBe(0.8, 1e-15);
    }

    [Fact]
    public void Bad_options_are_refused_in_one_line()
    {
        (string Name, Func<SamplerTableau> Create)[] bad =
        [
            ("steps 0", () => new Sampler(new Heun(), 0).Build().Tableau),
            ("rho", () => new Sampler(new Heun(), 18, new EdmSteps { Rho = double.NaN }).Build().Tableau),
            ("S_churn", () => Built(new Heun { S_churn = -1 })),
            ("S_noise", () => Built(new Heun { S_noise = double.NaN })),
            ("S_min", () => Built(new Heun { S_min = 2, S_max = 1 })),
            ("alpha", () => Built(new Heun { Alpha = 0 })),
            ("alpha", () => Built(new Heun { Alpha = 50 })),
            ("epsilon_s", () => Built(new Heun { Schedule = ScheduleKind.VP, EpsilonS = 2 })),
        ];
        foreach ((var name, var create) in bad)
        {
            var message = Should.Throw<InvalidInputException>(create).Message;
            message.ShouldContain(name);
            message.ShouldNotContain('\n');
        }
    }

    private static SamplerTableau Built(Solver solver) => solver.Build(new EdmSteps().Create(18));
}
