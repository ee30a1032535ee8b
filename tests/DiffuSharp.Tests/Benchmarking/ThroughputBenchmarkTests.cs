using DiffuSharp.Benchmarking;
using DiffuSharp.Tests.Cli;

namespace DiffuSharp.Tests.Benchmarking;

public class ThroughputBenchmarkTests
{
    [Fact]
    public void Inference_evaluates_warm_up_and_repeats_and_keeps_the_weights()
    {
        using var model = TinyModel.Create();
        var before = model.Network.parameters()[0].ToArray<float>();
        var result = ThroughputBenchmark.Run(model, new ThroughputOptions { Batch = 3, Repeats = 5, WarmUp = 1 });

        result.Seconds.Count.ShouldBe(5);
        model.Denoiser.Evaluations.ShouldBe(3 * 6);
        model.Network.parameters()[0].ToArray<float>().ShouldBe(before);
    }

    [Fact]
    public void Training_takes_optimiser_steps()
    {
        using var model = TinyModel.Create();
        var before = model.Network.parameters().Select(p => p.ToArray<float>()).ToList();
        ThroughputBenchmark.Run(model, new ThroughputOptions { Mode = BenchmarkMode.Training, Batch = 2, Repeats = 5, WarmUp = 0 });

        model.Network.parameters().Zip(before).Count(p => !p.First.ToArray<float>().SequenceEqual(p.Second)).ShouldBe(before.Count);
    }

    [Fact]
    public void The_median_is_of_the_repeats_in_any_order()
    {
        new ThroughputResult(10, [5, 1, 2, 9, 4]).MedianSeconds.ShouldBe(4);
        new ThroughputResult(10, [5, 1, 2, 4]).MedianSeconds.ShouldBe(3);
        new ThroughputResult(10, [5, 1, 2, 9, 4]).ImagesPerSecond.ShouldBe(2.5);
    }

    [Fact]
    public void Fewer_than_five_repeats_are_refused() =>
        Should.Throw<InvalidInputException>(() => new ThroughputOptions { Repeats = 4 }.Validate());
}
