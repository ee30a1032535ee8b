using DiffuSharp.Cli.Commands;
using DiffuSharp.Data;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Networks;
using DiffuSharp.Tests.Metrics;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Tests.Cli;

public sealed class EvaluateCommandTests : IDisposable
{
    private readonly TinyEvaluation _tiny = new();
    private readonly string _reference;

    public EvaluateCommandTests()
    {
        _reference = _tiny.Folder["ref.npz"];
        CommandLine.Json("evaluate", "ref", "--data", _tiny.Data, "--dest", _reference, "--features", _tiny.Classifier, "--subset", "80")
            .GetProperty("features").GetInt32().ShouldBe(80);
    }

    public void Dispose() => _tiny.Dispose();

    [Fact]
    public void One_line_for_each_number_with_protocol_N_seed_and_hashes()
    {
        var run = CommandLine.Run(
            "evaluate", "--images", _tiny.Test, "--ref", _reference, "--features", _tiny.Classifier, "--metrics", "fid,kid,is,pr,dc,acc", "--seed", "3");

        run.Error.ShouldBe("");
        run.ExitCode.ShouldBe(0);
        var lines = run.Trimmed.Split('\n');
        lines.Select(line => line.Split(' ')[0]).ShouldBe(["fid", "kid", "is", "precision", "recall", "density", "coverage", "acc"]);
        lines.ShouldAllBe(line => line.Contains("N 60") && line.Contains("tiny-classifier/convolutional") && line.EndsWith("seed 3", StringComparison.Ordinal)
            && line.Contains(FileHash.Short(FileHash.Sha256(_tiny.Classifier))) && line.Contains(FileHash.Short(FileHash.Sha256(_reference))));
    }

    [Fact]
    public void Json_holds_the_same_numbers()
    {
        var result = CommandLine.Json("evaluate", "--images", _tiny.Data, "--ref", _reference, "--features", _tiny.Classifier, "--metrics", "fid");

        result.GetProperty("metrics")[0].GetProperty("value").GetDouble().ShouldBe(0, 1e-6);
        result.GetProperty("metrics")[0].GetProperty("images").GetInt32().ShouldBe(120);
        result.GetProperty("reference_sha256").GetString().ShouldBe(FileHash.Sha256(_reference));
    }

    [Fact]
    public void A_model_is_sampled_on_the_fly()
    {
        var model = TinyModel.Save(_tiny.Folder["model.safetensors"], labelDim: TinyEvaluation.Classes);
        string[] flags = ["--network", model, "--ref", _reference, "--features", _tiny.Classifier, "--metrics", "fid,acc", "--steps", "2"];

        var result = CommandLine.Json(["evaluate", .. flags, "--num", "40"]).GetProperty("metrics");

        result[0].GetProperty("images").GetInt32().ShouldBe(40);
        result[0].GetProperty("value").GetDouble().ShouldBeGreaterThan(0);
        result[1].GetProperty("name").GetString().ShouldBe("acc");
        CommandLine.Json(["evaluate", .. flags, "--seeds", "0-39", "--batch", "7"]).GetProperty("metrics")[0].GetProperty("value").GetDouble()
            .ShouldBe(result[0].GetProperty("value").GetDouble(), 1e-2);
    }

    [Fact]
    public void The_model_and_its_class_stand_with_every_number()
    {
        var model = TinyModel.Save(_tiny.Folder["model.safetensors"], labelDim: TinyEvaluation.Classes);
        string[] flags =
            ["evaluate", "--network", model, "--ref", _reference, "--features", _tiny.Classifier, "--metrics", "fid,acc", "--steps", "2", "--num", "8", "--bootstrap", "0"];

        var result = CommandLine.Json([.. flags, "--class", "1"]);
        result.GetProperty("model_sha256").GetString().ShouldBe(WeightHash.Sha256(model));
        result.GetProperty("class").GetInt32().ShouldBe(1);
        var name = $"{model} {FileHash.Short(WeightHash.Sha256(model))}, heun (steps 2,";
        CommandLine.Run([.. flags, "--class", "1"]).Trimmed.Split('\n').ShouldAllBe(line => line.Contains(name) && line.Contains("NFE 3, class 1, image seeds 0-7"));
        CommandLine.Run(flags).Trimmed.ShouldNotContain(", class 1, ");
    }

    [Fact]
    public void Samples_in_one_npz_are_measured_as_the_images_that_they_are()
    {
        var npz = _tiny.Folder["samples.npz"];
        using (var dataset = ImageDataset.Open(_tiny.Test))
        {
            var pixels = new byte[dataset.Count * dataset.Shape.Count];
            for (var i = 0; i < dataset.Count; i++)
            {
                dataset.ReadImage(i, pixels.AsSpan(i * dataset.Shape.Count, dataset.Shape.Count));
            }

            long[] classes = [.. Enumerable.Range(0, dataset.Count).Select(i => (long)(i % TinyEvaluation.Classes))];
            NpzFile.Write(npz, [("arr_0", NpyArray.Create<byte>(pixels, dataset.Count, 8, 8, 1)), ("arr_1", NpyArray.Create<long>(classes, classes.Length))]);
        }

        string Numbers(string data) => CommandLine.Json("evaluate", "--images", data, "--ref", _reference, "--features", _tiny.Classifier, "--metrics", "fid,acc")
            .GetProperty("metrics").EnumerateArray().Aggregate("", (text, m) => $"{text} {m.GetProperty("value").GetDouble():R}");
        Numbers(npz).ShouldBe(Numbers(_tiny.Test));

        CommandLine.Json("evaluate", "ref", "--data", npz, "--dest", _tiny.Folder["r.npz"], "--features", _tiny.Classifier).GetProperty("classes").GetInt32()
            .ShouldBe(TinyEvaluation.Classes);
    }

    [Fact]
    public void What_sample_wrote_as_npz_is_measured_as_the_model_itself()
    {
        var model = TinyModel.Save(_tiny.Folder["model.safetensors"], labelDim: TinyEvaluation.Classes);
        var npz = _tiny.Folder["samples.npz"];
        CommandLine.Json("sample", "--net", model, "--seeds", "0-11", "--steps", "2", "--outdir", _tiny.Folder["out"], "--npz", npz);
        string[] flags = ["--ref", _reference, "--features", _tiny.Classifier, "--metrics", "fid,acc", "--bootstrap", "0"];
        double[] Values(params string[] source) =>
            [.. CommandLine.Json(["evaluate", .. source, .. flags]).GetProperty("metrics").EnumerateArray().Select(m => m.GetProperty("value").GetDouble())];

        Values("--images", npz).ShouldBe(Values("--net", model, "--seeds", "0-11", "--steps", "2"), 1e-9);
    }

    [Fact]
    public void An_npz_of_something_else_is_refused()
    {
        var path = _tiny.Folder["other.npz"];
        void ShouldBeRefused(string because, params (string, NpyValue)[] arrays)
        {
            NpzFile.Write(path, arrays);
            CommandLine.Run("evaluate", "--images", path, "--ref", _reference, "--features", _tiny.Classifier).ShouldBeRefused(because);
        }

        var images = ("arr_0", (NpyValue)NpyArray.Create<byte>(new byte[128], 2, 8, 8, 1));
        ShouldBeRefused("has no array 'arr_0'", ("mu", NpyArray.Create<double>([1], 1)));
        ShouldBeRefused("arr_0 is Float32 [2,1,1,1]", ("arr_0", NpyArray.Create<float>([1, 2], 2, 1, 1, 1)));
        ShouldBeRefused("arr_0 is Byte [2,1,8,8]", ("arr_0", NpyArray.Create<byte>(new byte[128], 2, 1, 8, 8)));
        ShouldBeRefused("arr_1 is Int64 [1]", images, ("arr_1", NpyArray.Create<long>([1], 1)));
        ShouldBeRefused("classes from -1 to 1", images, ("arr_1", NpyArray.Create<long>([1, -1], 2)));
    }

    [Fact]
    public void Small_spreads_keep_their_digits()
    {
        var value = new MetricValue("kid", 0.00012, 0.0000123456, "standard deviation over subsets", 60, 120, "unbiased");
        EvaluationReport.Line(value).ShouldBe("kid 1.2000e-4 +- 1.23E-05 (standard deviation over subsets), N 60 against 120; unbiased; 0.0 s");
    }

    [Fact]
    public void Ranges_of_seeds_give_mean_and_standard_deviation_of_the_single_ranges()
    {
        var model = TinyModel.Save(_tiny.Folder["model.safetensors"], labelDim: TinyEvaluation.Classes);
        string[] flags =
            ["evaluate", "--network", model, "--ref", _reference, "--features", _tiny.Classifier, "--metrics", "fid,acc", "--steps", "2", "--bootstrap", "0"];
        double Single(string seeds) => CommandLine.Json([.. flags, "--seeds", seeds]).GetProperty("metrics")[0].GetProperty("value").GetDouble();

        var repeated = CommandLine.Json([.. flags, "--seeds", "0-19", "--repeat", "3"]);
        var line = CommandLine.Run([.. flags, "--seeds", "0-19", "--repeat", "3"]).Output.Split('\n')[0];

        var fid = repeated.GetProperty("metrics")[0];
        double[] values = [.. fid.GetProperty("repeats").EnumerateArray().Select(v => v.GetDouble())];
        values.ShouldBe([Single("0-19"), Single("20-39"), Single("40-59")], 1e-9);
        fid.GetProperty("value").GetDouble().ShouldBe(values.Average(), 1e-9);
        repeated.GetProperty("nfe").GetDouble().ShouldBe(3);
        line.ShouldContain("standard deviation over 3 ranges of seeds");
        line.ShouldContain("heun (steps");
        line.ShouldContain("NFE 3, image seeds 0-19 and the next 2 ranges, seed 0");
    }

    [Fact]
    public void Random_subsets_of_images_are_repeated_too()
    {
        string[] flags = ["evaluate", "--images", _tiny.Data, "--ref", _reference, "--features", _tiny.Classifier, "--metrics", "fid", "--bootstrap", "0"];
        double Single(int seed) => CommandLine.Json([.. flags, "--num", "30", "--seed", $"{seed}"]).GetProperty("metrics")[0].GetProperty("value").GetDouble();

        CommandLine.Json([.. flags, "--num", "30", "--repeat", "2", "--seed", "4"]).GetProperty("metrics")[0].GetProperty("repeats").EnumerateArray()
            .Select(v => v.GetDouble()).ShouldBe([Single(4), Single(5)]);
        CommandLine.Run([.. flags, "--repeat", "2"]).ShouldBeRefused("--num");
    }

    [Fact]
    public void The_folder_that_sample_wrote_is_measured_without_its_grid()
    {
        var model = TinyModel.Save(_tiny.Folder["model.safetensors"], labelDim: TinyEvaluation.Classes);
        var outdir = _tiny.Folder["out"];
        CommandLine.Json("sample", "--net", model, "--seeds", "0-11", "--steps", "2", "--outdir", outdir).GetProperty("grid").GetString().ShouldNotBeNull();
        string[] flags = ["--ref", _reference, "--features", _tiny.Classifier, "--metrics", "fid", "--bootstrap", "0", "--json"];

        var read = CommandLine.Run(["evaluate", "--images", outdir, .. flags]);
        var sampled = CommandLine.Json(["evaluate", "--net", model, "--seeds", "0-11", "--steps", "2", .. flags[..^1]]);

        read.Error.ShouldBe($"{outdir}: left out 2 files, overviews and records of this program: grid.png, samples.json\n");
        var metric = System.Text.Json.JsonDocument.Parse(read.Output).RootElement.GetProperty("metrics")[0];
        metric.GetProperty("images").GetInt32().ShouldBe(12);
        metric.GetProperty("value").GetDouble().ShouldBe(sampled.GetProperty("metrics")[0].GetProperty("value").GetDouble(), 1e-9);
    }

    [Fact]
    public void A_classifier_measures_images_of_another_size_by_the_rule_that_is_named()
    {
        _tiny.Folder.Write("small-images-idx3-ubyte", TestImages.Idx([3, 4, 4], [.. Enumerable.Range(0, 48).Select(i => (byte)(i * 5))]));
        var data = _tiny.Folder["small-images-idx3-ubyte"];
        double Value(string rule)
        {
            CommandLine.Json("evaluate", "ref", "--data", _tiny.Test, "--dest", _tiny.Folder["r.npz"], "--features", _tiny.Classifier, "--resize", rule);
            return CommandLine.Json(
                "evaluate", "--images", data, "--ref", _tiny.Folder["r.npz"], "--features", _tiny.Classifier, "--resize", rule, "--bootstrap", "0")
                .GetProperty("metrics")[0].GetProperty("value").GetDouble();
        }

        Value("tf1-bilinear").ShouldNotBe(Value("clean-bicubic"));
        CommandLine.Run("evaluate", "--images", data, "--ref", _reference, "--features", _tiny.Classifier).ShouldBeRefused("4x4");
        CommandLine.Run("evaluate", "--images", data, "--ref", _reference, "--features", _tiny.Classifier, "--resize", "clean-bicubic")
            .ShouldBeRefused("resize none; yours has resize clean-bicubic;");
    }

    [FashionMnistFact]
    public void Fashion_mnist_needs_no_feature_flag_where_the_classifier_ships()
    {
        var run = CommandLine.Run("evaluate", "--images", "fashion-mnist:test", "--num", "50", "--metrics", "acc");

        if (DiffuSharp.Cli.ShippedModel.Find("models/fashion-mnist-classifier.safetensors", folder: null) is null)
        {
            run.ShouldBeRefused("no feature network: models/fashion-mnist-classifier.safetensors is not there");
            return;
        }

        run.Error.ShouldBe("");
        run.Output.ShouldStartWith("acc 0.9");
    }

    [Fact]
    public void More_images_than_asked_for_are_a_seeded_subset()
    {
        double Value(int seed) => CommandLine.Json(
            "evaluate", "--images", _tiny.Data, "--ref", _reference, "--features", _tiny.Classifier, "--num", "50", "--seed", $"{seed}", "--bootstrap", "0")
            .GetProperty("metrics")[0].GetProperty("value").GetDouble();

        Value(1).ShouldBe(Value(1));
        Value(1).ShouldNotBe(Value(2));
    }

    [Theory]
    [InlineData("evaluate --images @test --ref @ref --features @clf --num 61", "60 images, --num asks for 61")]
    [InlineData("evaluate --images @test --features @clf", "fid: needs a reference")]
    [InlineData("evaluate --images @test --ref @ref --features @clf --metrics fid,swd", "no metric 'swd'")]
    [InlineData("evaluate --images @test --ref @none --features @clf", "no such file")]
    [InlineData("evaluate --images @test --ref @clf --features @clf", "classifier.safetensors")]
    [InlineData("evaluate --images @test --ref @ref --features @other", "made with the protocol")]
    [InlineData("evaluate --images @test --ref @ref --features @none", "no such file")]
    [InlineData("evaluate --images @test --ref @ref --features @clf --seeds 0-3", "--seeds and --images")]
    [InlineData("evaluate --images @test --ref @ref --features @clf --bootstrap 1", "bootstrap is 1")]
    [InlineData("evaluate --images @large --ref @ref --features @clf", "images are 4x4")]
    [InlineData("evaluate ref --data @none --dest @new --features @clf", "none")]
    [InlineData("evaluate ref --data @test", "--dest")]
    [InlineData("classifier train --data @test --test @test", "--out")]
    [InlineData("classifier train --data @test --test @large --out @new --epochs 1", "do not fit")]
    [InlineData("classifier train --data @test --test @test --out @new --arch forest", "--arch forest")]
    public void Bad_input_gets_one_line(string arguments, string because)
    {
        TinyEvaluation.Save(_tiny.Folder["other.safetensors"], seed: 9);
        _tiny.Folder.Write("large-images-idx3-ubyte", TestImages.Idx([2, 4, 4], new byte[32]));
        _tiny.Folder.Write("large-labels-idx1-ubyte", TestImages.Idx([2], [0, 2]));
        var names = new Dictionary<string, string>
        {
            ["@test"] = _tiny.Test, ["@ref"] = _reference, ["@clf"] = _tiny.Classifier, ["@other"] = _tiny.Folder["other.safetensors"],
            ["@none"] = _tiny.Folder["none.safetensors"], ["@large"] = _tiny.Folder["large-images-idx3-ubyte"], ["@new"] = _tiny.Folder["new"],
        };

        CommandLine.Run([.. arguments.Split(' ').Select(a => names.GetValueOrDefault(a, a))]).ShouldBeRefused(because);
        File.Exists(_tiny.Folder["new"]).ShouldBeFalse();
    }

    [Fact]
    public void A_classifier_is_trained_by_one_command()
    {
        var path = _tiny.Folder["new.safetensors"];

        var result = CommandLine.Json("classifier", "train", "--data", _tiny.Data, "--test", _tiny.Test, "--out", path, "--epochs", "2", "--batch", "30");

        result.GetProperty("sha256").GetString().ShouldBe(FileHash.Sha256(path));
        result.GetProperty("test_accuracy").GetDouble().ShouldBeInRange(0, 1);
        CommandLine.Json("evaluate", "--images", _tiny.Test, "--features", path, "--metrics", "acc").GetProperty("metrics")[0].GetProperty("value").GetDouble()
            .ShouldBe(result.GetProperty("test_accuracy").GetDouble(), 1e-9);
    }
}
