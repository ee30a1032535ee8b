using DiffuSharp.Schedules;

namespace DiffuSharp.Tests.Schedules;

public sealed class LevelFormulaTests
{
    private static readonly SigmaRange s_range = new(0.03, 14.6);

    [Fact]
    public void Beta_levels_of_shapes_with_known_quantiles_are_those()
    {
        // Beta(1, 1) is uniform, Beta(½, ½) the arcsine law, Beta(2, 1) has F = x², Beta(1, 3) has F = 1 − (1 − x)³.
        Check(1, 1, p => p);
        Check(0.5, 0.5, p => Math.Pow(Math.Sin(Math.PI * p / 2), 2));
        Check(2, 1, Math.Sqrt);
        Check(1, 3, p => 1 - Math.Cbrt(1 - p));

        static void Check(double a, double b, Func<double, double> quantile)
        {
            var levels = BetaLevels.Create(10, s_range, a, b);
            levels.Steps.ShouldBe(10);
            levels[10].ShouldBe(0);
            for (var i = 0; i < 10; i++)
            {
                levels[i].ShouldBe(s_range.Min + ((s_range.Max - s_range.Min) * quantile(1 - (i / 9.0))), 1e-12);
            }
        }
    }

    [Fact]
    public void Beta_levels_crowd_at_both_ends_and_are_symmetric_for_equal_shapes()
    {
        var levels = BetaLevels.Create(11, s_range);
        (levels[0] - levels[1]).ShouldBeLessThan((levels[4] - levels[5]) / 2);
        for (var i = 0; i <= 10; i++)
        {
            (levels[i] + levels[10 - i]).ShouldBe(s_range.Min + s_range.Max, 1e-12);
        }

        // The quarter of Beta(0.6, 0.6), by another quadrature.
        var quarter = (BetaLevels.Create(5, s_range)[3] - s_range.Min) / (s_range.Max - s_range.Min);
        quarter.ShouldBe(0.175680399, 1e-7);
        Should.Throw<InvalidInputException>(() => BetaLevels.Create(5, s_range, 0)).Message.ShouldContain("must be positive");
    }

    [Fact]
    public void Lambda_levels_fall_by_equal_ratios_and_keep_the_last()
    {
        var levels = LambdaLevels.Create(8, s_range);
        levels.Steps.ShouldBe(8);
        levels[8].ShouldBe(s_range.Min);
        levels.Sigmas.Zip(levels.Sigmas.Skip(1), (one, next) => one / next).ShouldAllBe(ratio => Math.Abs(ratio - Math.Pow(14.6 / 0.03, 1 / 8.0)) < 1e-10);

        var process = DiscreteNoiseSchedule.ScaledLinear();
        var rounded = LambdaLevels.Rounded(8, process);
        rounded[0].ShouldBe(process.Sigma(process.T));
        rounded[8].ShouldBe(process.Sigma(1));
        rounded.Sigmas.ShouldAllBe(sigma => process.Sigmas.Contains(sigma));
    }

    [Theory]
    [InlineData(AlignedModel.StableDiffusion15, 14.615, 1.396)]
    [InlineData(AlignedModel.StableDiffusionXL, 14.615, 0.862)]
    [InlineData(AlignedModel.DeepFloyd, 160.41, 0.785)]
    [InlineData(AlignedModel.StableVideoDiffusion, 700, 1.789)]
    public void Aligned_levels_are_the_table_and_between_them_interpolated_in_ln_sigma(AlignedModel model, double first, double middle)
    {
        var table = AlignYourSteps.Create(model);
        (table.Steps, table[0], table[5]).ShouldBe((10, first, middle));
        var twice = AlignYourSteps.Create(model, 20);
        for (var i = 0; i <= 20; i++)
        {
            twice[i].ShouldBe(Math.Sqrt(table[i / 2] * table[(i + 1) / 2]), 1e-12 * first);
        }
    }

    [Fact]
    public void Shifted_flow_levels_multiply_sigma_by_the_shift()
    {
        // τ ← a τ/(1 + (a − 1) τ) is σ ← a σ.
        var plain = FlowLevels.Create(5);
        var shifted = FlowLevels.Create(5, 3);
        plain.Sigmas.Skip(1).ShouldBe([4, 1.5, 2 / 3.0, 0.25, 0], 1e-12);
        shifted.Sigmas.Skip(1).ShouldBe(plain.Sigmas.Skip(1).Select(sigma => 3 * sigma), 1e-12);
        plain[0].ShouldBe(1e9);
        FlowLevels.DynamicShift(4096).ShouldBe(1.15, 1e-12);
        Should.Throw<InvalidInputException>(() => FlowLevels.Create(5, 0)).Message.ShouldContain("shift is 0");
    }

    [Theory]
    [InlineData(5)]
    [InlineData(28)]
    public void Levels_that_are_shifted_twice_end_at_the_same_time_for_every_number_of_steps(int steps)
    {
        // The last time above 0 is 0.0089286 for a = 3 and T = 1000, σ = τ/(1 − τ).
        var levels = FlowLevels.ShiftedTwice(steps, 3);
        (levels[steps - 1] / (1 + levels[steps - 1])).ShouldBe(0.0089286, 5e-8);
        levels[steps].ShouldBe(0);
    }
}
