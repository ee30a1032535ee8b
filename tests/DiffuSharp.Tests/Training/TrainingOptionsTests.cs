using System.Text.Json.Nodes;
using DiffuSharp.Denoising;
using DiffuSharp.Networks;
using DiffuSharp.Training;
using DiffuSharp.Training.Losses;

namespace DiffuSharp.Tests.Training;

[Collection(TrainingCollection.Name)]
public sealed class TrainingOptionsTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    [Fact]
    public void Json_and_back_gives_the_same_options()
    {
        var options = _tiny.Options with
        {
            Preconditioning = new VEPreconditioning(), Desc = "a b", HeldoutData = "x.zip", Heldout = 7, BatchGpu = 8, Device = "cuda:1", Xflip = true,
        };
        var json = options.ToJson();
        TrainingOptions.FromJson(json).ToJson().ShouldBe(json);
        json.ShouldContain("\"lr_rampup\": 64");
        json.ShouldContain("\"model_type\": \"SongUNet\"");
        TrainingOptions.FromJson(json).Network.ShouldBeOfType<SongUNetOptions>().ModelChannels.ShouldBe(8);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"data\": 3}")]
    [InlineData("{\"nonsense\": 3}")]
    public void Text_that_is_no_options_is_refused_in_one_line(string text) =>
        Should.Throw<InvalidDataException>(() => TrainingOptions.FromJson(text)).Message.ShouldNotContain('\n');

    [Theory]
    [InlineData("data")]
    [InlineData("network")]
    [InlineData("preconditioning")]
    [InlineData("device")]
    public void A_null_where_a_value_must_stand_is_refused_in_one_line(string name)
    {
        var options = JsonNode.Parse(_tiny.Options.ToJson())!.AsObject();
        options.ContainsKey(name).ShouldBeTrue();
        options[name] = null;

        var message = Should.Throw<InvalidDataException>(() => TrainingOptions.FromJson(options.ToJsonString())).Message;
        message.ShouldContain(name);
        message.ShouldNotContain('\n');
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        var good = _tiny.Options;
        good.Validate();
        Refuse(good with { Data = "" }, "data");
        Refuse(good with { TotalImages = 0 }, "duration");
        Refuse(good with { Batch = 0 }, "batch");
        Refuse(good with { BatchGpu = 5 }, "batch-gpu");
        Refuse(good with { Lr = double.NaN }, "lr");
        Refuse(good with { Lr = -1 }, "lr");
        Refuse(good with { LrRampup = -1 }, "lr-rampup");
        Refuse(good with { Ema = 0 }, "ema");
        Refuse(good with { Augment = 1.5 }, "augment");
        Refuse(good with { Tick = 0 }, "tick");
        Refuse(good with { Seed = -1 }, "seed");
        Refuse(good with { Heldout = -1 }, "heldout");
        Refuse(good with { Threads = 0 }, "threads");
        Refuse(good with { Desc = "a/b" }, "desc");
        Refuse(good with { Device = "tpu" }, "device");
        Refuse(good with { Preconditioning = new EdmPreconditioning(0) }, "sigma_data");
        Refuse(good with { Preconditioning = new VPPreconditioning(), Loss = new VELoss() }, "loss");
        Refuse(good with { Loss = new EdmLoss { P_std = 0 } }, "P_std");
        Refuse(good with { Loss = new DiscreteLoss() }, "does not suit precond edm");

        static void Refuse(TrainingOptions options, string name)
        {
            var message = Should.Throw<InvalidInputException>(options.Validate).Message;
            message.ShouldContain(name);
            message.ShouldNotContain('\n');
        }
    }

    [Fact]
    public void A_loss_is_kept_with_all_its_options_and_the_word_of_earlier_versions_is_read()
    {
        var options = _tiny.Options with { Loss = new EdmLoss { P_mean = -0.4 } };
        TrainingOptions.FromJson(options.ToJson()).Loss.ShouldBe(options.Loss);
        var earlier = JsonNode.Parse(options.ToJson())!;
        earlier["loss"] = "ve";
        TrainingOptions.FromJson(earlier.ToJsonString()).Loss.ShouldBe(new VELoss());
        earlier["loss"] = "vee";
        Should.Throw<InvalidDataException>(() => TrainingOptions.FromJson(earlier.ToJsonString())).Message.ShouldContain("did you mean 've'?");
    }

    [Fact]
    public void Changed_hyper_parameters_are_named_and_changed_reports_are_not()
    {
        var saved = _tiny.Options;
        saved.RequireSame(saved with { TotalImages = 9999, Tick = 1, Snap = 3, Device = "cuda", Threads = 2, BatchGpu = 4, Desc = "x" });
        var error = Should.Throw<InvalidInputException>(() => saved.RequireSame(saved with
        {
            Lr = 0.5, Network = ((SongUNetOptions)saved.Network) with { ModelChannels = 16 },
        }));
        error.Message.ShouldContain("lr 0.002 -> 0.5");
        error.Message.ShouldContain("network.model_channels 8 -> 16");
        error.Message.ShouldContain("--override");
        error.Message.ShouldNotContain("batch");
    }

    [Fact]
    public void Data_known_by_name_keep_it()
    {
        var options = (_tiny.Options with { Data = "fashion-mnist", HeldoutData = "fashion-mnist:test" }).WithFullPaths();
        options.Data.ShouldBe("fashion-mnist");
        options.HeldoutData.ShouldBe("fashion-mnist:test");
    }

    [Fact]
    public void Every_preset_is_valid_with_data()
    {
        foreach (var name in TrainingPresets.Names)
        {
            (TrainingPresets.Find(name) with { Data = "some.zip" }).Validate();
        }

        Should.Throw<InvalidInputException>(() => TrainingPresets.Find("mnist")).Message.ShouldContain("fashion-mnist");
    }

    [Fact]
    public void Too_many_images_held_out_are_refused() =>
        Should.Throw<InvalidInputException>(() => new Trainer(_tiny.Options with { Heldout = 96 })).Message.ShouldContain("--heldout");

    public void Dispose() => _tiny.Dispose();
}
