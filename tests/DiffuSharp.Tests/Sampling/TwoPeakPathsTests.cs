using DiffuSharp.Sampling;
using DiffuSharp.Schedules;

namespace DiffuSharp.Tests.Sampling;

public class TwoPeakPathsTests
{
    private static readonly SigmaRange s_range = new(0.002, 25);

    // The outer paths begin at the quantile of 2σ, which is that of 1.69σ around the outer half of the data: they end 1.69 σ_min beyond the peaks.
    [Fact]
    public void Paths_lead_to_the_nearer_peak_and_the_one_between_stays_there()
    {
        var points = TwoPeakPaths.Trace(new LinearNoiseSchedule(), new NoScaling(), s_range, paths: 5, points: 60);
        points.Count.ShouldBe(300);
        var ends = points.GroupBy(p => p.Path).Select(g => g.Last()).ToArray();
        ends.Select(e => e.Sigma).ShouldAllBe(sigma => Math.Abs(sigma - 0.002) < 1e-12);
        double[] expected = [-1.00338, -1, 0, 1, 1.00338];
        ends.Select(e => e.X).Zip(expected).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 2e-3);
        points[0].X.ShouldBe(-50);
    }

    // The flow keeps quantiles: x(σ) has P(y + σ n < x) the same at all σ, and y + σ n is a mixture of two normals.
    [Fact]
    public void Along_a_path_the_quantile_of_the_noisy_data_is_constant()
    {
        var points = TwoPeakPaths.Trace(new LinearNoiseSchedule(), new NoScaling(), new SigmaRange(0.3, 25), paths: 4, points: 300);
        foreach (var path in points.GroupBy(p => p.Path))
        {
            double[] quantiles = [.. path.Select(p => 0.5 * (Below((p.X - 1) / p.Sigma) + Below((p.X + 1) / p.Sigma)))];
            quantiles.ShouldAllBe(q => Math.Abs(q - quantiles[0]) < 1e-4);
        }

        static double Below(double z)
        {
            using var scope = DiffuSharp.Torch.torch.NewDisposeScope();
            return DiffuSharp.Torch.torch.tensor([z]).special_ndtr().item<double>();
        }
    }

    [Fact]
    public void Schedule_and_scaling_only_draw_the_same_paths_in_other_coordinates()
    {
        var plain = TwoPeakPaths.Trace(new LinearNoiseSchedule(), new NoScaling(), s_range, 3, 40);
        var vp = VPNoiseSchedule.Refit(s_range, 1e-3);
        var scaled = TwoPeakPaths.Trace(vp, new VPScaling(vp), s_range, 3, 40);
        for (var i = 0; i < plain.Count; i++)
        {
            scaled[i].Sigma.ShouldBe(plain[i].Sigma);
            vp.Sigma(scaled[i].T).ShouldBe(plain[i].Sigma, 1e-9 * plain[i].Sigma);
            scaled[i].X.ShouldBe(plain[i].X / Math.Sqrt(1 + (plain[i].Sigma * plain[i].Sigma)), 1e-9 * Math.Max(1, Math.Abs(plain[i].X)));
        }

        Should.Throw<InvalidInputException>(() => TwoPeakPaths.Trace(vp, new NoScaling(), s_range, 0, 40));
        Should.Throw<InvalidInputException>(() => TwoPeakPaths.Trace(vp, new NoScaling(), s_range, 1, 1));
    }
}
