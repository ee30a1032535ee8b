using DiffuSharp.Data;
using DiffuSharp.Denoising;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Tests.Cli;

public sealed class SampleCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public SampleCommandTests() => _model = TinyModel.Save(_folder["model.safetensors"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Writes_one_png_for_each_seed_and_a_grid()
    {
        var result = Sample("out", "--seeds", "5,1-2", "--steps", "4");

        Files("out").ShouldBe(["000001.png", "000002.png", "000005.png", "grid.png", "samples.json"]);
        ImageFile.Read(_folder["out/000005.png"]).Shape.ShouldBe(new ImageShape(1, 8, 8));
        ImageFile.Read(_folder["out/grid.png"]).Shape.ShouldBe(new ImageShape(1, 8, 24));
        ImageFile.Read(_folder["out/grid.png"]).Pixels[..8].ShouldBe(ImageFile.Read(_folder["out/000005.png"]).Pixels[..8]);
        result.GetProperty("images").GetInt32().ShouldBe(3);
        result.GetProperty("nfe").GetDouble().ShouldBe(7);
    }

    [Fact]
    public void Learned_variances_come_from_models_that_predict_them()
    {
        var learned = TinyModel.Save(_folder["learned.safetensors"], 0, preconditioning: new DiscretePreconditioning(Steps: 20, Variance: ReverseVariance.Learned));
        string[] flags = ["sample", "--seeds", "0-3", "--solver", "ddpm-learned", "--disc", "discrete", "--steps", "5", "--json"];

        CommandLine.Json([.. flags, "--network", learned, "--outdir", _folder["a"]]).GetProperty("nfe").GetDouble().ShouldBe(5);
        CommandLine.Run([.. flags, "--network", learned, "--clip-denoised", "--outdir", _folder["b"]]).Error.ShouldBe("");
        CommandLine.Run([.. flags, "--network", _model, "--outdir", _folder["c"]]).ShouldBeRefused("predicts none: use ddpm or ddpm-large");
        Directory.Exists(_folder["c"]).ShouldBeFalse();
    }

    [Fact]
    public void The_npz_holds_the_same_images_with_classes_and_seeds()
    {
        Sample("out", "--seeds", "7,3", "--steps", "2", "--class", "2", "--npz", _folder["s.npz"]);

        using var npz = NpzFile.Open(_folder["s.npz"]);
        npz.ReadArray("arr_0").Shape.ShouldBe([2L, 8L, 8L, 1L]);
        npz.ReadArray("arr_0").Data[64..].ShouldBe(ImageFile.Read(_folder["out/000003.png"]).Pixels);
        npz.ReadArray("arr_1").AsSpan<long>().ToArray().ShouldBe([2L, 2L]);
        npz.ReadArray("seeds").AsSpan<long>().ToArray().ShouldBe([7L, 3L]);
    }

    [Fact]
    public void Few_evaluations_without_a_fitting_learned_sampler_take_a_multistep_solver_and_say_why()
    {
        string[] flags = ["sample", "--network", _model, "--seeds", "0", "--outdir"];
        Asked("6").ShouldStartWith($"no learned sampler lies beside {Path.GetFileName(_model)}; dpmpp-2m is taken");
        Sample("json", "--seeds", "0", "--nfe", "6").GetProperty("sampler").GetString().ShouldBe("dpmpp-2m");

        var beside = Path.ChangeExtension(_model, null);
        CommandLine.Run("sampler", "save", $"{beside}-5.sampler.json", "--solver", "euler", "--nfe", "5");
        Asked("5").ShouldStartWith($"{Path.GetFileName(beside)}-5.sampler.json beside the model was learned for other weights; dpmpp-2m is taken");
        Asked("6").ShouldStartWith("the learned samplers beside the model cost 5 NFE, not 6; dpmpp-2m is taken");
        Asked("25").ShouldStartWith("the learned samplers beside the model cost 5 NFE, not 25; heun is taken");
        CommandLine.Run([.. flags, _folder["named"], "--solver", "euler", "--nfe", "5"]).Error.ShouldBe("");

        string Asked(string nfe)
        {
            var run = CommandLine.Run([.. flags, _folder[$"out-{nfe}-{Guid.NewGuid()}"], "--nfe", nfe]);
            run.ExitCode.ShouldBe(0);
            return run.Error;
        }
    }

    [Fact]
    public void Sub_folders_hold_a_thousand_seeds_each()
    {
        Sample("out", "--seeds", "999,12345", "--subdirs", "--steps", "2", "--grid", "false");

        Files("out").ShouldBe(["000000/000999.png", "012000/012345.png", "samples.json"]);
    }

    [Fact]
    public void The_same_seed_gives_the_same_image_in_any_batch_and_order()
    {
        string[] flags = ["--steps", "5", "--S_churn", "10"];
        Sample("together", [.. flags, "--seeds", "0-5", "--batch", "64"]);
        Sample("alone", [.. flags, "--seeds", "5,3,4,0-2", "--batch", "1"]);

        foreach (var name in Files("together").Where(f => f.EndsWith(".png", StringComparison.Ordinal) && f != "grid.png"))
        {
            ShouldBeTheSame(name, "together", "alone");
        }
    }

    [Fact]
    public void Solvers_of_the_catalogue_sample_a_model_at_the_cost_asked_for()
    {
        Sample("euler", "--seeds", "0", "--solver", "euler", "--nfe", "4").GetProperty("nfe").GetDouble().ShouldBe(4);
        Sample("ddim", "--seeds", "0", "--solver", "ddim", "--nfe", "4").GetProperty("nfe").GetDouble().ShouldBe(4);
        Pixels("ddim").ShouldBe(Pixels("euler"));

        var unipc = Sample("unipc", "--seeds", "0", "--solver", "unipc-3", "--nfe", "4");
        unipc.GetProperty("nfe").GetDouble().ShouldBe(4);
        unipc.GetProperty("sampler").GetString().ShouldBe("unipc-3");
        Pixels("unipc").ShouldNotBe(Pixels("euler"));
    }

    [Fact]
    public void Guidance_costs_two_evaluations_and_changes_the_image()
    {
        Sample("plain", "--seeds", "0", "--steps", "3").GetProperty("nfe").GetDouble().ShouldBe(5);
        Sample("guided", "--seeds", "0", "--steps", "3", "--guidance", "3").GetProperty("nfe").GetDouble().ShouldBe(10);
        Sample("auto", "--seeds", "0", "--steps", "3", "--guidance", "3", "--gnet", TinyModel.Save(_folder["weak.safetensors"], 0))
            .GetProperty("nfe").GetDouble().ShouldBe(10);
        Sample("off", "--seeds", "0", "--steps", "3", "--guidance", "1").GetProperty("nfe").GetDouble().ShouldBe(5);
        Sample("first", "--seeds", "0", "--steps", "3", "--guidance", "3", "--guidance-interval", "10,100").GetProperty("nfe").GetDouble().ShouldBe(6);

        Pixels("guided").ShouldNotBe(Pixels("plain"));
        Pixels("off").ShouldBe(Pixels("plain"));
    }

    [Fact]
    public void Clipping_limits_the_predicted_images()
    {
        string[] strong = ["--seeds", "0", "--solver", "euler", "--sigmas", "2,1", "--guidance", "1e6"];
        Sample("plain", strong);
        Sample("clipped", [.. strong, "--clip-denoised"]).GetProperty("options").GetProperty("clip_denoised").GetString().ShouldBe("true");
        Pixels("clipped").ShouldNotBe(Pixels("plain"));
    }

    [Fact]
    public void Underscores_and_hyphens_are_the_same_flag()
    {
        Sample("a", "--seeds", "0", "--sigma_max", "9", "--S_noise=1.1", "--S_churn", "5");
        Sample("b", "--seeds", "0", "--sigma-max", "9", "--S-noise=1.1", "--S-churn", "5");
        Sample("c", "--seeds", "0");

        Pixels("b").ShouldBe(Pixels("a"));
        Pixels("c").ShouldNotBe(Pixels("a"));
    }

    [Fact]
    public void A_sampler_file_gives_the_images_of_its_flags()
    {
        var file = _folder["vp.sampler.json"];
        string[] flags = ["--steps", "6", "--disc", "vp", "--schedule", "vp", "--scaling", "vp", "--solver", "euler", "--sigma_min", "0.01", "--sigma_max", "50"];
        CommandLine.Run(["sampler", "save", file, .. flags]).ExitCode.ShouldBe(0);
        Sample("flags", ["--seeds", "0", .. flags]);
        Sample("file", "--seeds", "0", "--sampler", file);
        Sample("other", "--seeds", "0", "--steps", "6");

        Pixels("file").ShouldBe(Pixels("flags"));
        Pixels("other").ShouldNotBe(Pixels("flags"));
    }

    [Fact]
    public void Predictions_lead_from_the_first_guess_to_the_sample()
    {
        var result = Sample("out", "--seeds", "0-2", "--batch", "2", "--solver", "euler", "--nfe", "4", "--predictions", _folder["p.png"]);
        result.GetProperty("predictions").GetString().ShouldBe(_folder["p.png"]);

        // 4 predictions and the sample in each of 3 rows; Euler's last step to 0 lands on the last prediction.
        var picture = ImageFile.Read(_folder["p.png"]);
        (picture.Shape.Width, picture.Shape.Height).ShouldBe((2 + (5 * 10), 2 + (3 * 10)));
        for (var row = 0; row < 3; row++)
        {
            var sample = ImageFile.Read(_folder[$"out/{row:D6}.png"]).Pixels;
            Cell(row, 4).ShouldBe(sample);
            Cell(row, 3).ShouldBe(sample);
            Cell(row, 0).ShouldNotBe(sample);
        }

        Sample("long", "--seeds", "0", "--steps", "18", "--predictions", _folder["long.png"]);
        ImageFile.Read(_folder["long.png"]).Shape.Width.ShouldBe(2 + (11 * 10));

        byte[] Cell(int row, int column) =>
            [.. Enumerable.Range(0, 8).SelectMany(y => picture.Pixels.Skip(((2 + (row * 10) + y) * picture.Shape.Width) + 2 + (column * 10)).Take(8))];
    }

    [Fact]
    public void A_class_is_taken_for_all_images()
    {
        Sample("a", "--seeds", "0", "--class", "1");
        Sample("b", "--seeds", "0", "--class", "2");

        Pixels("a").ShouldNotBe(Pixels("b"));
    }

    [Fact]
    public void A_class_is_asked_for_by_its_name()
    {
        using var model = TinyModel.Create();
        var named = _folder["named.safetensors"];
        DiffuSharp.Networks.ModelFile.Save(named, model.Description with { LabelNames = ["ant", "bee", "cat", "3"] }, model.Network.state_dict());
        string[] flags = ["sample", "--seeds", "0", "--steps", "2", "--net", named];

        CommandLine.Json([.. flags, "--outdir", _folder["a"], "--class", "Cat"]);
        CommandLine.Json([.. flags, "--outdir", _folder["b"], "--class", "2"]);

        Pixels("a").ShouldBe(Pixels("b"));
        CommandLine.Run([.. flags, "--outdir", _folder["c"], "--class", "elk"]).ShouldBeRefused("--class elk: no class of the model; it has ant, bee, cat, 3");
        var info = CommandLine.Json("info", _folder["a/000000.png"]);
        info.GetProperty("prompt").GetString().ShouldBe("cat");
        info.GetProperty("parameters").GetProperty("Seed").GetString().ShouldBe("0");
        info.GetProperty("parameters").GetProperty("Model SHA-256").GetString().ShouldBe(DiffuSharp.Networks.WeightHash.Sha256(named));
    }

    [Fact]
    public void Images_of_another_run_stay_unless_they_are_to_be_replaced()
    {
        Sample("out", "--seeds", "0-5", "--steps", "2");
        CommandLine.Run("sample", "--net", _model, "--outdir", _folder["out"], "--seeds", "0-1", "--steps", "3")
            .ShouldBeRefused("holds 6 images of an earlier run made otherwise");
        Files("out").Length.ShouldBe(8);

        Sample("out", "--seeds", "6", "--steps", "2");
        System.Text.Json.JsonDocument.Parse(File.ReadAllText(_folder["out/samples.json"])).RootElement.GetProperty("images").GetArrayLength().ShouldBe(7);

        Sample("out", "--seeds", "0-1", "--steps", "3", "--overwrite");
        Files("out").ShouldBe(["000000.png", "000001.png", "grid.png", "samples.json"]);
    }

    [Fact]
    public void One_step_is_one_evaluation()
    {
        Sample("a", "--seeds", "0", "--steps", "1").GetProperty("nfe").GetDouble().ShouldBe(1);
        Sample("b", "--seeds", "0", "--solver", "euler", "--nfe", "1").GetProperty("nfe").GetDouble().ShouldBe(1);
        Sample("c", "--seeds", "0", "--sigmas", "80,0").GetProperty("nfe").GetDouble().ShouldBe(1);
        Pixels("b").ShouldBe(Pixels("a"));
        Pixels("c").ShouldBe(Pixels("a"));
    }

    private System.Text.Json.JsonElement Sample(string outdir, params string[] flags) =>
        CommandLine.Json(["sample", "--net", _model, "--outdir", _folder[outdir], .. flags]);

    private byte[] Pixels(string outdir) => ImageFile.Read(_folder[$"{outdir}/000000.png"]).Pixels;

    private string[] Files(string outdir) =>
        [.. Directory.EnumerateFiles(_folder[outdir], "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(_folder[outdir], f)).Order(StringComparer.Ordinal)];

    // Convolutions of another batch size may round another way: one grey level at most.
    private void ShouldBeTheSame(string name, string first, string second)
    {
        var a = ImageFile.Read(_folder[$"{first}/{name}"]).Pixels;
        var b = ImageFile.Read(_folder[$"{second}/{name}"]).Pixels;
        a.Zip(b, (x, y) => Math.Abs(x - y)).Max().ShouldBeLessThanOrEqualTo(1, name);
        a.Distinct().Count().ShouldBeGreaterThan(4);
    }
}
