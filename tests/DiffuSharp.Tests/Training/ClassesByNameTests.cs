using DiffuSharp.Data;
using DiffuSharp.Torch;
using DiffuSharp.Training;

namespace DiffuSharp.Tests.Training;

[Collection(TrainingCollection.Name)]
public sealed class ClassesByNameTests : IDisposable
{
    private readonly TinyRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public void Data_take_the_classes_of_the_run_that_goes_on()
    {
        var options = _run.Options with { Data = Write("data", "ant", "bee") };

        using var trainer = new Trainer(options, classes: ["bee", "cat", "ant"]);
        trainer.Description.LabelNames.ShouldBe(["bee", "cat", "ant"]);
        trainer.Options.Network.LabelDim.ShouldBe(3);
        Should.Throw<InvalidInputException>(() => new Trainer(options, classes: ["bee", "cat"])).Message.ShouldContain("'ant' of data is unknown to the run");
    }

    [Fact]
    public void Held_out_images_have_the_classes_of_the_training_images_by_name()
    {
        var options = _run.Options with { Data = Write("data", "ant", "bee", "cat"), Heldout = 1, HeldoutData = Write("other", "cat") };
        using (var data = TrainingData.Open(options))
        {
            TestImages.Label(data.Heldout!, 0).ShouldBe([0, 0, 1]);
        }

        Should.Throw<InvalidInputException>(() => TrainingData.Open(options with { HeldoutData = Write("third", "elk") })).Message.ShouldContain("'elk' of third");
    }

    [Fact]
    public void A_state_knows_its_classes_and_goes_on_with_the_same_only()
    {
        var options = _run.Options with { Data = Write("data", "ant", "bee") };
        var path = _run.Folder["state.safetensors"];
        using var session = TinyRun.Session(options);
        TrainingStateFile.Save(path, session);

        TrainingStateFile.ReadLabelNames(path).ShouldBe(["ant", "bee"]);
        using var trainer = new Trainer(options, classes: ["bee", "ant"]);
        using var data = TrainingData.Open(trainer.Options);
        var images = new ResidentImages(data.Training, Device.CPU, new DataOrder(data.Training.Count, 0), default);
        using var other = new TrainingSession(trainer.Options, trainer.Description, trainer.Options.CreateLoss(), images);
        Should.Throw<InvalidInputException>(() => TrainingStateFile.Load(path, other)).Message.ShouldContain("classes ant, bee, these data have bee, ant");
    }

    private string Write(string name, params string[] classes)
    {
        foreach (var (k, folder) in classes.Index())
        {
            _run.Folder.Write($"{name}/{folder}/a.pgm", PortableAnymap.Encode(TestImages.Random(8, 8, 1, seed: k)));
        }

        return _run.Folder[name];
    }
}
