using DiffuSharp.Schedules;

namespace DiffuSharp.Tests.Schedules;

public sealed class NoiseScheduleTests
{
    public static TheoryData<NoiseSchedule> Schedules =>
    [
        new LinearNoiseSchedule(),
        new VENoiseSchedule(),
        new VPNoiseSchedule(),
        VPNoiseSchedule.Refit(new SigmaRange(0.002, 80)),
        VPNoiseSchedule.Refit(new SigmaRange(0.1, 80)),
    ];

    [Fact]
    public void VP_has_the_noise_levels_of_the_paper()
    {
        var vp = new VPNoiseSchedule();
        vp.Sigma(1).ShouldBe(152.1670, 5e-5);
        vp.Sigma(1e-3).ShouldBe(0.010486, 5e-7);
        vp.Sigma(1e-5).ShouldBe(0.001000, 5e-7);
    }

    [Fact]
    public void VP_refit_meets_both_ends_of_the_range()
    {
        var vp = VPNoiseSchedule.Refit(new SigmaRange(0.02, 100), 1e-2);
        vp.Sigma(1e-2).ShouldBe(0.02, 1e-12);
        vp.Sigma(1).ShouldBe(100, 1e-9);
    }

    [Fact]
    public void VP_refit_to_its_own_range_gives_the_betas_back()
    {
        var vp = new VPNoiseSchedule(19.9, 0.1);
        var refit = VPNoiseSchedule.Refit(new SigmaRange(vp.Sigma(1e-3), vp.Sigma(1)));
        refit.BetaD.ShouldBe(19.9, 1e-9);
        refit.BetaMin.ShouldBe(0.1, 1e-9);
    }

    [Fact]
    public void VP_refit_refuses_a_range_that_no_rising_schedule_meets() =>
        Should.Throw<InvalidInputException>(() => VPNoiseSchedule.Refit(new SigmaRange(0.3, 5)))
            .Message.ShouldContain("epsilon_s");

    [Theory]
    [MemberData(nameof(Schedules))]
    public void Time_inverts_sigma(NoiseSchedule schedule)
    {
        foreach (var sigma in new[] { 0.002, 0.01, 0.5, 0.7, 3, 79 })
        {
            var t = schedule.Time(sigma);
            (schedule.Sigma(t) / sigma).ShouldBe(1, 1e-12);
        }

        schedule.Time(0).ShouldBe(0);
        schedule.Sigma(0).ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Schedules))]
    public void Derivatives_match_central_differences(NoiseSchedule schedule)
    {
        var scaling = new VPScaling(schedule);
        foreach (var t in new[] { 0.05, 0.4, 0.9 })
        {
            const double h = 1e-5;
            var sigma = (schedule.Sigma(t + h) - schedule.Sigma(t - h)) / (2 * h);
            var s = (scaling.S(t + h) - scaling.S(t - h)) / (2 * h);
            (schedule.SigmaDerivative(t) / sigma).ShouldBe(1, 1e-6);
            (scaling.SDerivative(t) / s).ShouldBe(1, 1e-6);
        }
    }

    [Fact]
    public void VP_scaling_keeps_unit_variance()
    {
        var vp = new VPNoiseSchedule();
        var scaling = new VPScaling(vp);
        var t = 0.3;
        var s = scaling.S(t);
        (s * s * (1 + vp.Sigma(t) * vp.Sigma(t))).ShouldBe(1, 1e-14);
        scaling.S(0).ShouldBe(1);
    }
}
