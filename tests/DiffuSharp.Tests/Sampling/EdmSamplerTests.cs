using DiffuSharp.Sampling;
using DiffuSharp.Schedules;

namespace DiffuSharp.Tests.Sampling;

public sealed class EdmSamplerTests
{
    [Theory]
    [InlineData(OdeSolver.Heun, 18, 35)]
    [InlineData(OdeSolver.Heun, 2, 3)]
    [InlineData(OdeSolver.Euler, 18, 18)]
    public void Evaluations_are_2N_minus_1_for_Heun_and_N_for_Euler(OdeSolver solver, int steps, int nfe)
    {
        var tableau = EdmSampler.Create(new EdmSamplerOptions { NumSteps = steps, Solver = solver });
        var runner = new ReferenceRunner(TwoPeaks.Denoise);
        runner.Run(tableau, [0.3]);
        runner.Nfe.ShouldBe(nfe);
        tableau.Nfe.ShouldBe(nfe);
    }

    [Fact]
    public void Only_levels_inside_the_churn_interval_draw_noise()
    {
        var options = new EdmSamplerOptions { Churn = new Churn { S_churn = 40, S_min = 0.05, S_max = 50 } };
        var tableau = EdmSampler.Create(options);
        var levels = NoiseLevels.EDM(18, options.Sigma);
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
        var churn = new Churn { S_churn = 20, S_min = 0.05, S_max = 50, S_noise = 1.003 };
        var edm = EdmSampler.Create(new EdmSamplerOptions { Churn = churn });
        var general = GeneralSampler.Create(new GeneralSamplerOptions { Churn = churn });
        general.Rows.Count.ShouldBe(edm.Rows.Count);
        double[] Run(SamplerTableau tableau) => new ReferenceRunner(TwoPeaks.Denoise).Run(tableau, [0.7], row => [Math.Sin(row)]);
        Run(general)[0].ShouldBe(Run(edm)[0], 1e-12);
    }

    [Fact]
    public void Network_that_rounds_sees_only_its_own_levels()
    {
        var levels = new IddpmLevels();
        var own = new HashSet<double>(Enumerable.Range(0, levels.M).Select(j => levels[j]));
        var options = new EdmSamplerOptions { NumSteps = 40, Churn = new Churn { S_churn = 10 } };
        var tableau = EdmSampler.Create(options, levels.Round);
        tableau.Rows.Take(tableau.Nfe).ShouldAllBe(row => own.Contains(row.Sigma));
    }

    [Fact]
    public void Explicit_levels_are_the_rows_of_Euler()
    {
        var tableau = EdmSampler.Create(new NoiseLevels([10, 2, 0.5, 0]), OdeSolver.Euler, new Churn());
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
            ("num_steps is 0", () => EdmSampler.Create(new EdmSamplerOptions { NumSteps = 0 })),
            ("num_steps is 0", () => GeneralSampler.Create(new GeneralSamplerOptions { NumSteps = 0 })),
            ("rho", () => EdmSampler.Create(new EdmSamplerOptions { Rho = double.NaN })),
            ("S_churn", () => EdmSampler.Create(new EdmSamplerOptions { Churn = new Churn { S_churn = -1 } })),
            ("S_noise", () => EdmSampler.Create(new EdmSamplerOptions { Churn = new Churn { S_noise = double.NaN } })),
            ("S_min", () => EdmSampler.Create(new EdmSamplerOptions { Churn = new Churn { S_min = 2, S_max = 1 } })),
            ("alpha", () => GeneralSampler.Create(new GeneralSamplerOptions { Alpha = 0 })),
            ("alpha", () => GeneralSampler.Create(new GeneralSamplerOptions { Alpha = 50 })),
            ("epsilon_s", () => GeneralSampler.Create(new GeneralSamplerOptions { Schedule = ScheduleKind.VP, EpsilonS = 2 })),
        ];
        foreach ((var name, var create) in bad)
        {
            var message = Should.Throw<InvalidInputException>(create).Message;
            message.ShouldContain(name);
            message.ShouldNotContain('\n');
        }
    }
}
