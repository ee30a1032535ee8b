using DiffuSharp.Schedules;

namespace DiffuSharp.Tests.Schedules;

public class DiscreteNoiseScheduleTests
{
    private static readonly DiscreteNoiseSchedule s_ddpm = DiscreteNoiseSchedule.Linear();

    public static TheoryData<DiscreteNoiseSchedule> Schedules() =>
        [s_ddpm, DiscreteNoiseSchedule.ScaledLinear(), DiscreteNoiseSchedule.Cosine(), DiscreteNoiseSchedule.Linear(7, 0.1, 0.5), new([0.3])];

    [Fact]
    public void The_schedule_of_DDPM_has_its_known_numbers()
    {
        s_ddpm.T.ShouldBe(1000);
        s_ddpm.Beta(1).ShouldBe(1e-4);
        s_ddpm.Beta(1000).ShouldBe(0.02);
        s_ddpm.AlphaBar(0).ShouldBe(1);
        s_ddpm.AlphaBar(1000).ShouldBe(4.036e-5, 5e-9);
        s_ddpm.Sigma(1000).ShouldBe(Math.Sqrt((1 - s_ddpm.AlphaBar(1000)) / s_ddpm.AlphaBar(1000)), 1e-9);
        s_ddpm.PosteriorVariance(1).ShouldBe(0);
        s_ddpm.PosteriorVariance(2).ShouldBe(s_ddpm.Beta(2) * 1e-4 / (1 - ((1 - 1e-4) * (1 - s_ddpm.Beta(2)))), 1e-15);
    }

    [Fact]
    public void The_other_schedules_follow_their_formulas()
    {
        var scaled = DiscreteNoiseSchedule.ScaledLinear(1000, 0.00085, 0.012);
        scaled.Beta(1).ShouldBe(0.00085, 1e-15);
        scaled.Beta(500).ShouldBe(Math.Pow(Math.Sqrt(0.00085) + (499.0 / 999 * (Math.Sqrt(0.012) - Math.Sqrt(0.00085))), 2), 1e-15);
        var cosine = DiscreteNoiseSchedule.Cosine(1000);
        var (f0, f400) = (Math.Cos(0.008 / 1.008 * Math.PI / 2), Math.Cos(0.408 / 1.008 * Math.PI / 2));
        cosine.AlphaBar(400).ShouldBe(f400 * f400 / (f0 * f0), 1e-12);
        cosine.Beta(1000).ShouldBe(0.999);
    }

    [Theory]
    [MemberData(nameof(Schedules))]
    public void Levels_rise_and_time_inverts_them(DiscreteNoiseSchedule schedule)
    {
        schedule.Sigma(0).ShouldBe(0);
        schedule.Time(0).ShouldBe(0);
        schedule.Sigmas.Count.ShouldBe(schedule.T);
        for (var i = 1; i <= 200; i++)
        {
            var t = schedule.T * i / 200.0;
            schedule.Sigma(t).ShouldBeGreaterThan(schedule.Sigma(schedule.T * (i - 1) / 200.0));
            schedule.Time(schedule.Sigma(t)).ShouldBe(t, 1e-7 * schedule.T);
        }

        schedule.Time(schedule.Sigma(schedule.T) * 2).ShouldBe(schedule.T);
        schedule.LogAlphaBar(schedule.T - 0.25).ShouldBe(
            (0.25 * Math.Log(schedule.AlphaBar(schedule.T - 1))) + (0.75 * Math.Log(schedule.AlphaBar(schedule.T))), 1e-12);
    }

    [Theory]
    [MemberData(nameof(Schedules))]
    public void The_derivative_is_that_of_the_level(DiscreteNoiseSchedule schedule)
    {
        const double Step = 1e-6;
        foreach (var t in new[] { 0.4, 0.6 * schedule.T + 0.05, schedule.T - 0.3 })
        {
            var difference = (schedule.Sigma(t + Step) - schedule.Sigma(t - Step)) / (2 * Step);
            schedule.SigmaDerivative(t).ShouldBe(difference, 1e-5 * difference);
        }
    }

    [Theory]
    [MemberData(nameof(Schedules))]
    public void The_posterior_composes_with_the_step_before_to_the_marginal(DiscreteNoiseSchedule schedule)
    {
        for (var t = 1; t <= schedule.T; t++)
        {
            var (clean, noisy) = schedule.PosteriorMean(t);
            (clean + (noisy * Math.Sqrt(schedule.AlphaBar(t)))).ShouldBe(Math.Sqrt(schedule.AlphaBar(t - 1)), 1e-12);
            (schedule.PosteriorVariance(t) + (noisy * noisy * (1 - schedule.AlphaBar(t)))).ShouldBe(1 - schedule.AlphaBar(t - 1), 1e-12);
        }
    }

    [Fact]
    public void The_nearest_step_is_the_nearest_in_ratio()
    {
        foreach (var t in new[] { 1, 2, 500, 999, 1000 })
        {
            s_ddpm.NearestStep(s_ddpm.Sigma(t)).ShouldBe(t);
        }

        var middle = Math.Sqrt(s_ddpm.Sigma(10) * s_ddpm.Sigma(11));
        s_ddpm.NearestStep(middle * 0.9999).ShouldBe(10);
        s_ddpm.NearestStep(middle * 1.0001).ShouldBe(11);
        s_ddpm.NearestStep(1e-6).ShouldBe(1);
        s_ddpm.NearestStep(1e6).ShouldBe(1000);
    }

    [Fact]
    public void Equal_betas_make_equal_values()
    {
        DiscreteNoiseSchedule.Linear().ShouldBe(s_ddpm);
        DiscreteNoiseSchedule.Linear().GetHashCode().ShouldBe(s_ddpm.GetHashCode());
        DiscreteNoiseSchedule.Linear(999).ShouldNotBe(s_ddpm);
    }

    [Fact]
    public void Numbers_out_of_range_are_refused()
    {
        Should.Throw<InvalidInputException>(() => new DiscreteNoiseSchedule([]));
        Should.Throw<InvalidInputException>(() => new DiscreteNoiseSchedule([0.1, 1]));
        Should.Throw<InvalidInputException>(() => new DiscreteNoiseSchedule([0, 0.1]));
        Should.Throw<InvalidInputException>(() => new DiscreteNoiseSchedule([double.NaN]));
        Should.Throw<InvalidInputException>(() => new DiscreteNoiseSchedule(Enumerable.Repeat(0.99, 200)));
        Should.Throw<InvalidInputException>(() => DiscreteNoiseSchedule.Linear(1));
        Should.Throw<InvalidInputException>(() => DiscreteNoiseSchedule.Cosine(0));
        Should.Throw<InvalidInputException>(() => DiscreteNoiseSchedule.Cosine(-3)).Message.ShouldContain("T is -3");
        Should.Throw<ArgumentOutOfRangeException>(() => s_ddpm.Sigma(1000.5));
    }
}
