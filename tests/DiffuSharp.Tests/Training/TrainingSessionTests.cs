using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;
using DiffuSharp.Training;
using DiffuSharp.Training.Losses;

namespace DiffuSharp.Tests.Training;

[Collection(TrainingCollection.Name)]
public sealed class TrainingSessionTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    [Fact]
    public void The_loss_falls_to_less_than_half()
    {
        using var scope = torch.NewDisposeScope();
        using var session = TinyRun.Session(_tiny.Options with { Augment = 0, Network = _tiny.Options.Network with { Dropout = 0 } });
        var losses = Enumerable.Range(0, 150).Select(_ => session.Step().Mean).ToList();
        losses.TakeLast(20).Average().ShouldBeLessThan(0.5 * losses.Take(5).Average());
    }

    [Fact]
    public void Preconditioning_and_loss_can_be_of_different_kinds()
    {
        using var scope = torch.NewDisposeScope();
        double First(TrainingLoss? loss)
        {
            using var session = TinyRun.Session(_tiny.Options with { Loss = loss, Augment = 0 });
            return session.Step().Mean;
        }

        First(new EdmLoss()).ShouldBe(First(null));
        First(new VPLoss()).ShouldNotBe(First(new VELoss()));
        First(new VPLoss()).ShouldNotBe(First(null));
        First(new VELoss()).ShouldNotBe(First(null));
    }

    [Theory]
    [InlineData(8, 8)]
    [InlineData(16, 32)] // Winograd kernels
    public void Micro_batches_change_nothing_but_rounding(int side, int channels)
    {
        using var tiny = new TinyRun(side, channels);
        using var scope = torch.NewDisposeScope();
        var options = tiny.Options with { Network = tiny.Options.Network with { Dropout = 0 } };
        using var whole = TinyRun.Session(options);
        using var parts = TinyRun.Session(options with { BatchGpu = 4 });
        for (var i = 0; i < 3; i++)
        {
            var expected = whole.Step();
            var actual = parts.Step();
            actual.Sum.ShouldBe(expected.Sum, 1e-5 * expected.Sum);
            actual.Squares.ShouldBe(expected.Squares, 1e-5 * expected.Squares);
            actual.GradientNorm.ShouldBe(expected.GradientNorm, 1e-4 * expected.GradientNorm);
            actual.Count.ShouldBe(expected.Count);
        }
    }

    [Theory]
    [InlineData(8, 8)]
    [InlineData(16, 32)] // Winograd kernels
    public void The_gradient_of_micro_batches_is_that_of_the_batch(int side, int channels)
    {
        using var tiny = new TinyRun(side, channels);
        using var scope = torch.NewDisposeScope();
        var options = tiny.Options with { LrRampup = 0, Network = tiny.Options.Network with { Dropout = 0 } };
        using var whole = TinyRun.Session(options);
        using var parts = TinyRun.Session(options with { BatchGpu = 4 });
        whole.Step();
        parts.Step();
        double difference = 0;
        double norm = 0;
        foreach (var ((_, expected), (_, actual)) in whole.Adam.state_dict().Zip(parts.Adam.state_dict())
            .Where(pair => pair.First.Name.StartsWith("exp_avg.", StringComparison.Ordinal)))
        {
            difference += (expected - actual).square().sum().ToDouble();
            norm += expected.square().sum().ToDouble();
        }

        Math.Sqrt(difference).ShouldBeLessThan(1e-6 * Math.Sqrt(norm));
    }

    [Theory]
    [InlineData(8, 8)]
    [InlineData(16, 32)] // Winograd kernels
    public void A_run_continued_from_its_state_ends_in_the_same_bits(int side, int channels)
    {
        using var tiny = new TinyRun(side, channels);
        using var scope = torch.NewDisposeScope();
        using var straight = TinyRun.Session(tiny.Options);
        using var first = TinyRun.Session(tiny.Options);
        for (var i = 0; i < 10; i++)
        {
            straight.Step();
        }

        for (var i = 0; i < 5; i++)
        {
            first.Step();
        }

        TrainingStateFile.Save(tiny.Folder["state.safetensors"], first);
        using var second = TinyRun.Session(tiny.Options with { Seed = tiny.Options.Seed });
        TrainingStateFile.Load(tiny.Folder["state.safetensors"], second);
        second.ImagesSeen.ShouldBe(80);
        for (var i = 0; i < 5; i++)
        {
            second.Step();
        }

        second.Adam.Steps.ShouldBe(straight.Adam.Steps);
        TinyRun.Differences(TinyRun.State(second), TinyRun.State(straight)).ShouldBeEmpty();
    }

    [Fact]
    public void Another_seed_gives_another_run()
    {
        using var scope = torch.NewDisposeScope();
        using var one = TinyRun.Session(_tiny.Options);
        using var other = TinyRun.Session(_tiny.Options with { Seed = 1 });
        one.Step().Sum.ShouldNotBe(other.Step().Sum);
    }

    [Fact]
    public void The_learning_rate_rises_linearly_with_the_images_seen_and_stays()
    {
        using var session = TinyRun.Session(_tiny.Options with { Lr = 0.1, LrRampup = 1000 });
        session.LearningRate(0).ShouldBe(0);
        session.LearningRate(250).ShouldBe(0.025, 1e-15);
        session.LearningRate(1000).ShouldBe(0.1);
        session.LearningRate(100_000).ShouldBe(0.1);
    }

    [Fact]
    public void Without_ramp_up_the_first_step_has_the_full_learning_rate()
    {
        using var session = TinyRun.Session(_tiny.Options with { LrRampup = 0 });
        session.LearningRate(0).ShouldBe(_tiny.Options.Lr);
    }

    [Theory]
    [InlineData(8, 8, 200)]
    [InlineData(16, 32, 20)] // Winograd kernels
    public void Training_holds_no_more_tensors_after_many_steps_than_after_5(int side, int channels, int steps)
    {
        using var tiny = new TinyRun(side, channels);
        using var session = TinyRun.Session(tiny.Options);
        for (var i = 0; i < 5; i++)
        {
            session.Step();
        }

        var before = LiveTensors.CountWithoutGarbage();
        for (var i = 0; i < steps; i++)
        {
            session.Step();
        }

        Tensor.LiveCount.ShouldBe(before);
    }

    [Theory]
    [InlineData("enc.8x8_block0.conv1", "enc.8x8_block0.conv1")]
    [InlineData("dec.4x4_in0.affine", "dec.4x4_in0.affine")]
    public void A_weight_that_is_not_a_number_stops_training_and_is_named(string poisoned, string named)
    {
        using var scope = torch.NewDisposeScope();
        using var session = TinyRun.Session(_tiny.Options);
        session.Step();
        Weight(session, poisoned).data<float>()[0] = float.NaN;
        var before = TinyRun.State(session);
        var error = Should.Throw<NonFiniteException>(() => session.Step());
        error.Module.ShouldBe(named);
        error.Message.ShouldContain(named);
        error.Message.ShouldNotContain('\n');
        TinyRun.Differences(TinyRun.State(session), before).ShouldBeEmpty();
        session.ImagesSeen.ShouldBe(16);
    }

    [Fact]
    public void A_layer_whose_output_overflows_stops_training_and_is_named()
    {
        using var scope = torch.NewDisposeScope();
        using var session = TinyRun.Session(_tiny.Options);
        session.Step();
        Weight(session, "enc.4x4_down.conv1").data<float>().Fill(3e38f);
        Should.Throw<NonFiniteException>(() => session.Step()).Module.ShouldBe("enc.4x4_down");
    }

    public void Dispose() => _tiny.Dispose();

    private static Parameter Weight(TrainingSession session, string module) =>
        session.Model.Network.named_parameters().Single(p => p.Name == $"{module}.weight").Value;
}
