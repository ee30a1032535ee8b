using DiffuSharp.Benchmarking;
using DiffuSharp.Metrics;
using DiffuSharp.Tests.Cli;

namespace DiffuSharp.Tests.Benchmarking;

public class MetricsBenchmarkTests
{
    [Fact]
    public void Both_distances_of_one_distribution_are_near_their_bias()
    {
        var options = new MetricsBenchmarkOptions
        {
            Images = 1500, ReferenceImages = 2500, FeatureDim = 8, Kernel = new KernelDistanceOptions { Subsets = 4, SubsetSize = 400 },
        };

        var result = MetricsBenchmark.Run(options);

        // Bias d(d + 3)/4 (1/n + 1/m) to first order for unit normal features; the kernel distance has none.
        result.Frechet.ShouldBe(22 * ((1.0 / 1500) + (1.0 / 2500)), 0.02);
        result.Kernel.ShouldBe(0, 0.02);
        new[] { result.MomentsSeconds, result.ReferenceSeconds, result.FrechetSeconds, result.KernelSeconds }.ShouldAllBe(s => s > 0);
    }

    [Fact]
    public void The_verb_prints_times_and_memory()
    {
        var result = CommandLine.Json(
            "bench", "metrics", "--images", "40", "--reference", "50", "--dim", "4", "--kid-subsets", "2", "--kid-subset-size", "10", "--threads", "1");

        result.GetProperty("frechet_seconds").GetDouble().ShouldBeGreaterThan(0);
        result.GetProperty("peak_memory_mib").GetDouble().ShouldBeGreaterThan(10);
        CommandLine.Run("bench", "metrics", "--images", "1").ShouldBeRefused("--images 1");
    }
}
