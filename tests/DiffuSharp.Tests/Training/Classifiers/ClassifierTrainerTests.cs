using DiffuSharp.Tests.Metrics;
using DiffuSharp.Torch;
using DiffuSharp.Training.Classifiers;

namespace DiffuSharp.Tests.Training.Classifiers;

[Collection(TrainingCollection.Name)]
public sealed class ClassifierTrainerTests : IDisposable
{
    private readonly TinyEvaluation _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Theory]
    [InlineData("convolutional")]
    [InlineData("mixer")]
    public void Training_learns_what_can_be_seen(string architecture)
    {
        using var model = new ClassifierTrainer(Options with { Architecture = architecture }).Train();

        model.Description.TestAccuracy!.Value.ShouldBeGreaterThan(0.9);
        model.Description.TestImages.ShouldBe(60);
        model.Network.Options.Architecture.ShouldBe(architecture);
        model.Network.parameters().ShouldAllBe(p => !p.requires_grad);
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights_and_another_seed_others()
    {
        Weights(1).ShouldBe(Weights(1));
        Weights(1).ShouldNotBe(Weights(2));
    }

    [Fact]
    public void Nothing_stays_in_memory()
    {
        Weights(1);
        var before = LiveTensors.CountWithoutGarbage();
        Weights(1);
        Tensor.LiveCount.ShouldBe(before);
    }

    [Fact]
    public void Options_and_data_that_do_not_fit_are_refused()
    {
        Should.Throw<InvalidInputException>(() => new ClassifierTrainer(Options with { Epochs = 0 })).Message.ShouldContain("epochs 0");
        Should.Throw<InvalidInputException>(() => new ClassifierTrainer(Options with { Architecture = "forest" })).Message.ShouldContain("forest");
        var other = _tiny.Folder.Write("small-images-idx3-ubyte", TestImages.Idx([1, 4, 4], new byte[16]));
        _tiny.Folder.Write("small-labels-idx1-ubyte", TestImages.Idx([1], [1]));
        Should.Throw<InvalidInputException>(() => new ClassifierTrainer(Options with { TestData = other }).Train()).Message.ShouldContain("do not fit");
    }

    private ClassifierTrainingOptions Options => new() { Data = _tiny.Data, TestData = _tiny.Test, Epochs = 12, Batch = 20, Shift = 1, XFlip = false };

    private float[] Weights(int seed)
    {
        using var model = new ClassifierTrainer(Options with { Epochs = 1, Seed = seed, XFlip = true }).Train();
        return model.Network.parameters()[0].ToArray<float>();
    }
}
