using DiffuSharp.Schedules;

namespace DiffuSharp.Tests.Schedules;

public sealed class NoiseLevelsTests
{
    private static readonly SigmaRange s_range = new(0.002, 80);

    [Fact]
    public void EDM_with_18_steps_has_the_levels_of_the_paper()
    {
        double[] paper =
        [
            80, 57.586, 40.7856, 28.3746, 19.3525, 12.9101, 8.4009, 5.3152, 3.2568,
            1.9233, 1.0882, .5853, .2964, .1395, .0599, .0229, .0075, .002, 0,
        ];
        var levels = NoiseLevels.EDM(18, s_range);
        levels.Steps.ShouldBe(18);
        levels.Sigmas.Count.ShouldBe(19);
        for (var i = 0; i < paper.Length; i++)
        {
            levels[i].ShouldBe(paper[i], 5.1e-5);
        }
    }

    [Fact]
    public void IDDPM_recursion_has_the_levels_of_the_paper()
    {
        var u = new IddpmLevels();
        var alphaBar = IddpmLevels.AlphaBar();
        u[0].ShouldBe(20291.17, 0.03);
        u[1].ShouldBe(641.66, 5e-3);
        u[8].ShouldBe(80.2037, 5e-5);
        u[999].ShouldBe(Math.Sqrt((1.0 / (alphaBar[999] / alphaBar[1000])) - 1), 1e-12);
        u[1000].ShouldBe(0);
    }

    [ReferenceSineFact]
    public void IDDPM_recursion_has_the_last_level_of_the_published_networks()
    {
        // They know ᾱ in single precision; exact arithmetic gives 0.0064254.
        new IddpmLevels()[999].ShouldBe(0.0064225, 5e-8);
    }

    [Fact]
    public void IDDPM_has_the_signal_of_the_paper_in_single_precision()
    {
        var alphaBar = IddpmLevels.AlphaBar();
        for (var j = 0; j < alphaBar.Length; j++)
        {
            var exact = Math.Pow(Math.Sin(Math.PI * j / (2 * 1000 * 1.008)), 2);
            ((double)alphaBar[j]).ShouldBe(exact, 5e-7);
        }
    }

    [Fact]
    public void IDDPM_takes_levels_in_range_from_first_to_last_at_equal_index_distance()
    {
        var u = new IddpmLevels();
        var levels = NoiseLevels.IDDPM(5, new SigmaRange(0.002, 81), u);
        // 992 levels u_8 … u_999: indices round(247.75 i) = 0, 248, 496 (495.5 to even), 743, 991.
        levels.Sigmas.ShouldBe([u[8], u[256], u[504], u[751], u[999], 0]);
    }

    [Fact]
    public void IDDPM_rounding_finds_the_nearest_level()
    {
        var u = new IddpmLevels();
        u.Round(u[17]).ShouldBe(u[17]);
        u.Round(0.49 * u[17] + 0.51 * u[18]).ShouldBe(u[18]);
        u.NearestIndex(1e9).ShouldBe(0);
        u.NearestIndex(0).ShouldBe(999);
    }

    [Fact]
    public void Levels_too_close_for_the_network_fall_together()
    {
        var u = new IddpmLevels();
        var levels = NoiseLevels.EDM(18, s_range).Rounded(u.Round);
        levels[16].ShouldBe(u[999]);
        levels[17].ShouldBe(u[999]);
        levels[18].ShouldBe(0);
    }

    [Fact]
    public void VE_levels_are_geometric()
    {
        var levels = NoiseLevels.VE(6, new SigmaRange(0.02, 100));
        levels[0].ShouldBe(100, 1e-12);
        levels[5].ShouldBe(0.02, 1e-15);
        for (var i = 1; i < 5; i++)
        {
            (levels[i] * levels[i]).ShouldBe(levels[i - 1] * levels[i + 1], 1e-9);
        }
    }

    [Fact]
    public void VP_levels_are_uniform_in_time()
    {
        var range = new SigmaRange(new VPNoiseSchedule().Sigma(1e-3), new VPNoiseSchedule().Sigma(1));
        var levels = NoiseLevels.VP(4, range);
        for (var i = 0; i < 4; i++)
        {
            new VPNoiseSchedule().Time(levels[i]).ShouldBe(1 - i / 3.0 * 0.999, 1e-10);
        }
    }

    [Fact]
    public void One_step_goes_from_the_highest_level_to_zero_on_every_grid()
    {
        NoiseLevels[] grids =
        [
            NoiseLevels.EDM(1, s_range), NoiseLevels.VP(1, s_range), NoiseLevels.VE(1, s_range), NoiseLevels.Polyexponential(1, s_range, 2),
        ];
        foreach (var grid in grids)
        {
            grid.Steps.ShouldBe(1);
            grid[0].ShouldBe(s_range.Max, s_range.Max * 1e-12);
            grid[1].ShouldBe(0);
        }

        foreach (var stride in Enum.GetValues<TimestepStride>().Where(stride => stride != TimestepStride.Linear))
        {
            DiscreteLevels.Create(DiscreteNoiseSchedule.Linear(), stride, 1).Sigmas.ShouldBe([DiscreteNoiseSchedule.Linear().Sigma(1000), 0]);
        }
    }

    [Fact]
    public void No_step_is_refused_in_one_line_by_every_grid()
    {
        Func<NoiseLevels>[] grids =
        [
            () => NoiseLevels.EDM(0, s_range),
            () => NoiseLevels.VP(0, s_range),
            () => NoiseLevels.VE(0, s_range),
            () => NoiseLevels.IDDPM(0, s_range, new IddpmLevels()),
        ];
        foreach (var grid in grids)
        {
            var message = Should.Throw<InvalidInputException>(grid).Message;
            message.ShouldContain("num_steps is 0");
            message.ShouldNotContain('\n');
        }
    }

    [Theory]
    [InlineData(0.0, 80.0)]
    [InlineData(-1.0, 80.0)]
    [InlineData(80.0, 80.0)]
    [InlineData(80.0, 0.002)]
    [InlineData(0.002, double.PositiveInfinity)]
    [InlineData(double.NaN, 80.0)]
    public void An_impossible_range_is_refused(double min, double max) =>
        Should.Throw<InvalidInputException>(() => new SigmaRange(min, max)).Message.ShouldContain("0 < sigma_min < sigma_max");

    [Fact]
    public void A_range_is_cut_to_that_of_the_network()
    {
        s_range.Intersect(0.0064, 20291).ShouldBe(new SigmaRange(0.0064, 80));
        s_range.Intersect(0, double.PositiveInfinity).ShouldBe(s_range);
        Should.Throw<InvalidInputException>(() => s_range.Intersect(100, 200));
    }

    [Fact]
    public void Polyexponential_levels_with_rho_1_are_geometric()
    {
        NoiseLevels.Polyexponential(7, s_range).ShouldBe(NoiseLevels.VE(7, s_range));
        var levels = NoiseLevels.Polyexponential(5, new SigmaRange(1, 16), rho: 2);
        double[] exponents = [4, 2.25, 1, 0.25, 0];
        for (var i = 0; i < 5; i++)
        {
            levels[i].ShouldBe(Math.Pow(2, exponents[i]), 1e-12);
        }

        levels[5].ShouldBe(0);
        Should.Throw<InvalidInputException>(() => NoiseLevels.Polyexponential(5, s_range, 0)).Message.ShouldContain("rho");
    }

    [Fact]
    public void Explicit_levels_must_fall_and_only_the_last_may_be_zero()
    {
        new NoiseLevels([3, 1, 0]).Steps.ShouldBe(2);
        new NoiseLevels([3, 1, 0]).ShouldBe(new NoiseLevels([3, 1, 0]));
        new NoiseLevels([3, 1, 0]).ShouldNotBe(new NoiseLevels([3, 2, 0]));
        new NoiseLevels([3, 1]).Steps.ShouldBe(1);
        Should.Throw<InvalidInputException>(() => new NoiseLevels([3, -1])).Message.ShouldContain("level 1");
        Should.Throw<InvalidInputException>(() => new NoiseLevels([0]));
        Should.Throw<InvalidInputException>(() => new NoiseLevels([1, 3, 0])).Message.ShouldContain("level 1");
        Should.Throw<InvalidInputException>(() => new NoiseLevels([3, 0, 0])).Message.ShouldContain("level 1");
        Should.Throw<InvalidInputException>(() => new NoiseLevels([double.NaN, 1, 0])).Message.ShouldContain("level 0");
    }

    [Fact]
    public void Constants_out_of_range_are_refused()
    {
        Should.Throw<InvalidInputException>(() => NoiseLevels.EDM(18, s_range, 0)).Message.ShouldContain("rho");
        Should.Throw<InvalidInputException>(() => NoiseLevels.VP(18, s_range, 1)).Message.ShouldContain("epsilon_s");
        Should.Throw<InvalidInputException>(() => new IddpmLevels(0)).Message.ShouldContain("M is 0");
        Should.Throw<InvalidInputException>(() => new IddpmLevels(2_000_000)).Message.ShouldContain("M = 2000000 is too large");
        Should.Throw<InvalidInputException>(() => NoiseLevels.IDDPM(4, new SigmaRange(1e-6, 1e-5), new IddpmLevels()))
            .Message.ShouldContain("widen");
    }
}
