using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;
using DiffuSharp.Training;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Training;

public class ExponentialMovingAverageTests
{
    [Fact]
    public void The_average_follows_the_scalar_recursion()
    {
        using var scope = NewDisposeScope();
        using var module = new Scaled(3, 0);
        using var average = new ExponentialMovingAverage(module, new() { HalfLife = 200 });
        using var mode = no_grad();
        double expected = 3;
        for (var step = 0; step < 100; step++)
        {
            var weight = Math.Sin(step);
            module.Weight.copy_(full([2, 3], weight));
            module.Buffer.copy_(full([4], step));
            var seen = 64L * step;
            average.Update(64, seen);
            var beta = seen == 0 ? 0 : Math.Pow(0.5, 64 / Math.Min(200, 0.05 * seen));
            expected = (beta * expected) + ((1 - beta) * weight);

            var state = average.state_dict().ToDictionary(entry => entry.Name, entry => entry.Value);
            state["weight"].ToArray<float>().ShouldAllBe(value => Math.Abs(value - expected) < 1e-6);
            state["buffer"].ToArray<float>().ShouldAllBe(value => value == step);
        }
    }

    [Fact]
    public void A_weight_counts_half_after_the_half_life()
    {
        using var module = new Scaled(1, 0);
        using var average = new ExponentialMovingAverage(module, new() { HalfLife = 1000, RampUpRatio = null });
        using var mode = no_grad();
        module.Weight.zero_();
        for (var step = 0; step < 10; step++)
        {
            average.Update(100, 100 * step);
        }

        average.state_dict().First().Value.ToArray<float>().ShouldAllBe(value => Math.Abs(value - 0.5) < 1e-6);
    }

    [Fact]
    public void The_half_life_ramps_up_to_its_value()
    {
        using var module = new Scaled(1, 0);
        using var average = new ExponentialMovingAverage(module, new());
        average.Beta(512, 0).ShouldBe(0);
        average.Beta(512, 10_240).ShouldBe(0.5, 1e-12);
        average.Beta(512, 10_000_000).ShouldBe(Math.Pow(0.5, 512 / 500_000.0), 1e-12);
        average.Beta(512, 200_000_000).ShouldBe(Math.Pow(0.5, 512 / 500_000.0), 1e-12);
    }

    [Fact]
    public void The_average_is_a_copy_that_can_be_saved_continued_and_given_to_a_network()
    {
        using var scope = NewDisposeScope();
        using var module = new Scaled(1, 5);
        using var average = new ExponentialMovingAverage(module, new());
        using (no_grad())
        {
            module.Weight.zero_();
        }

        using var other = new Scaled(7, 7);
        using var continued = new ExponentialMovingAverage(other, new());
        continued.load_state_dict(average.state_dict().ToDictionary(entry => entry.Name, entry => entry.Value));
        continued.CopyTo(other);
        other.Weight.ToArray<float>().ShouldAllBe(value => value == 1);
        other.Buffer.ToArray<float>().ShouldAllBe(value => value == 5);
        other.Weight.requires_grad.ShouldBeTrue();
        module.Weight.ToArray<float>().ShouldAllBe(value => value == 0);
    }

    [Fact]
    public void A_saved_state_that_does_not_fit_is_refused_and_changes_nothing()
    {
        using var scope = NewDisposeScope();
        using var module = new Scaled(1, 5);
        using var average = new ExponentialMovingAverage(module, new());
        var weight = zeros([2, 3]);
        Should.Throw<InvalidDataException>(() => average.load_state_dict(new Dictionary<string, Tensor> { ["weight"] = weight }))
            .Message.ShouldContain("buffer");
        Should.Throw<InvalidDataException>(() => average.load_state_dict(
                new Dictionary<string, Tensor> { ["weight"] = weight, ["buffer"] = zeros([1]) }))
            .Message.ShouldContain("buffer of the averaged weights is float32[1], not float32[4]");
        average.state_dict().First().Value.ToArray<float>().ShouldAllBe(value => value == 1);
    }

    [Fact]
    public void Updates_keep_no_tensors()
    {
        using var scope = NewDisposeScope();
        using var module = new Scaled(1, 5);
        using var average = new ExponentialMovingAverage(module, new());
        var before = scope.Count;
        average.Update(10, 100);
        scope.Count.ShouldBe(before);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        using var module = new Scaled(1, 5);
        Should.Throw<InvalidInputException>(() => new ExponentialMovingAverage(module, new() { HalfLife = 0 }));
        Should.Throw<InvalidInputException>(() => new ExponentialMovingAverage(module, new() { RampUpRatio = -1 }));
    }

    private sealed class Scaled : Module
    {
        public Scaled(double weight, double buffer)
        {
            Weight = register_parameter("weight", full([2, 3], weight));
            Buffer = register_buffer("buffer", full([4], buffer));
        }

        public Parameter Weight { get; }

        public Tensor Buffer { get; }
    }
}
