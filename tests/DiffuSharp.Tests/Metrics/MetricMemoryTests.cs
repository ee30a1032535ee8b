using DiffuSharp.Metrics;
using DiffuSharp.Tests.Training;
using DiffuSharp.Torch;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Metrics;

[Collection(TrainingCollection.Name)] // live tensors are counted for the whole process
public class MetricMemoryTests
{
    [Fact]
    public void Nothing_stays_in_memory()
    {
        var before = LiveTensors.CountWithoutGarbage();
        using (var scope = NewDisposeScope())
        {
            using var statistics = FeatureStatistics.Of(Draws.Normal(10, 3, 1));
            using var other = FeatureStatistics.Of(Draws.Normal(10, 3, 2));
            _ = FrechetDistance.Compute(statistics, other);
            _ = PrecisionRecall.Compute(Draws.Normal(10, 3, 1), Draws.Normal(10, 3, 2));
            _ = KernelDistance.FromSubsets(Draws.Normal(10, 3, 1), Draws.Normal(10, 3, 2), new KernelDistanceOptions { Subsets = 2 });
        }

        Tensor.LiveCount.ShouldBe(before);
    }
}
