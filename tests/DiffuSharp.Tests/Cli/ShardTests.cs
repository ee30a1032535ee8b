using System.Text.Json;
using DiffuSharp.Tests.Metrics;

namespace DiffuSharp.Tests.Cli;

/// <summary>Shards of a job array, made without communication and merged.</summary>
public sealed class ShardTests : IDisposable
{
    private readonly TinyEvaluation _tiny = new();
    private readonly string _model;

    public ShardTests() => _model = TinyModel.Save(_tiny.Folder["model.safetensors"], labelDim: TinyEvaluation.Classes);

    public void Dispose() => _tiny.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Merged_shards_are_the_files_of_one_process(int shards)
    {
        Ok(Sample("whole", "--npz", _tiny.Folder["whole.npz"]));
        for (var i = shards - 1; i >= 0; i--)
        {
            Ok(Sample("parts", "--shard", $"{i}/{shards}"));
        }

        Ok("merge", _tiny.Folder["parts"], "--dest", _tiny.Folder["merged"], "--npz", _tiny.Folder["merged.npz"]);

        var files = Directory.GetFiles(_tiny.Folder["whole"], "*", SearchOption.AllDirectories);
        files.Length.ShouldBe(13);
        Directory.GetFiles(_tiny.Folder["merged"], "*", SearchOption.AllDirectories).Length.ShouldBe(files.Length);
        foreach (var file in files)
        {
            var merged = Path.Combine(_tiny.Folder["merged"], Path.GetRelativePath(_tiny.Folder["whole"], file));
            File.ReadAllBytes(merged).ShouldBe(File.ReadAllBytes(file));
        }

        File.ReadAllBytes(_tiny.Folder["merged.npz"]).ShouldBe(File.ReadAllBytes(_tiny.Folder["whole.npz"]));
    }

    [Fact]
    public void Gaps_overlaps_and_shards_of_other_options_are_refused()
    {
        Ok(Sample("a", "--shard", "0/3"));
        Ok(Sample("a", "--shard", "2/3"));
        Refused("shard 1 of 3 is missing", "merge", _tiny.Folder["a"]);
        Ok(Sample("b", "--shard", "1/3", "--steps", "4"));
        Refused("steps is 4, not 3", "merge", _tiny.Folder["a"], _tiny.Folder["b"], "--dest", _tiny.Folder["all"]);
        Ok(Sample("c", "--shard", "0/3"));
        Refused("are both shard 0 of 3", "merge", _tiny.Folder["a"], _tiny.Folder["c"], "--dest", _tiny.Folder["all"]);
        Ok(Sample("d", "--shard", "1/2"));
        Refused("is a shard of 2", "merge", _tiny.Folder["a"], _tiny.Folder["d"], "--dest", _tiny.Folder["all"]);
        Ok(Sample("a", "--shard", "1/3"));
        File.Delete(_tiny.Folder["a/shard-00001-of-00003/000000/000008.png"]);
        Refused("000008.png: is missing; make shard 1 of 3 again", "merge", _tiny.Folder["a"], "--dest", _tiny.Folder["all"]);
        File.Delete(_tiny.Folder["a/shard-00001-of-00003/shard.json"]);
        Refused("has no shard.json", "merge", _tiny.Folder["a"], "--dest", _tiny.Folder["all"]);
    }

    [Theory]
    [InlineData("3/3")]
    [InlineData("-1/3")]
    [InlineData("1")]
    [InlineData("a/b")]
    public void What_is_no_part_is_refused(string shard) => Refused("write I/N", Sample("x", "--shard", shard));

    [Fact]
    public void Merged_shards_of_a_model_have_the_numbers_of_one_process()
    {
        var reference = Reference("ref.npz");
        string[] flags =
        [
            "--network", _model, "--ref", reference, "--features", _tiny.Classifier, "--metrics", "fid,kid,is,pr,acc,cfid", "--num", "50", "--batch", "8", "--steps", "2",
            "--kid-subset-size", "20", "--bootstrap", "5", "--threads", "1", "--repeat", "2",
        ];
        var whole = CommandLine.Json(["evaluate", .. flags]);
        for (var i = 0; i < 4; i++)
        {
            Ok(["evaluate", .. flags, "--shard", $"{i}/4", "--dest", _tiny.Folder["fid"]]);
        }

        Same(CommandLine.Json("merge", _tiny.Folder["fid"], "--ref", reference), whole);
        Refused("the shards were made for the reference", "merge", _tiny.Folder["fid"], "--ref", Reference("other.npz", "--subset", "50"));
    }

    [Fact]
    public void Merged_shards_of_a_data_set_have_the_numbers_of_one_process()
    {
        var reference = Reference("ref.npz");
        string[] flags = ["--images", _tiny.Test, "--ref", reference, "--features", _tiny.Classifier, "--batch", "8", "--threads", "1"];
        var whole = CommandLine.Json(["evaluate", .. flags]);
        Ok(["evaluate", .. flags, "--shard", "0/2", "--dest", _tiny.Folder["fid"]]);
        Ok(["evaluate", .. flags, "--shard", "1/2", "--dest", _tiny.Folder["fid"]]);
        Same(CommandLine.Json("merge", _tiny.Folder["fid.shard-00001-of-00002"], _tiny.Folder["fid.shard-00000-of-00002"], "--ref", reference), whole);
    }

    [Fact]
    public void A_reference_from_shards_is_the_file_of_one_process()
    {
        var whole = Reference("whole.npz");
        for (var i = 0; i < 3; i++)
        {
            Reference("parts.npz", "--shard", $"{i}/3");
        }

        Ok("merge", _tiny.Folder["parts.npz"], "--dest", _tiny.Folder["merged.npz"]);
        File.ReadAllBytes(_tiny.Folder["merged.npz"]).ShouldBe(File.ReadAllBytes(whole));
    }

    internal static void Same(JsonElement one, JsonElement other)
    {
        Values(one).ShouldBe(Values(other));

        static string[] Values(JsonElement json) =>
        [
            .. json.GetProperty("metrics").EnumerateArray().Select(metric => string.Join(
                ' ', metric.EnumerateObject().Where(p => p.Name != "seconds").Select(p => $"{p.Name}={p.Value.GetRawText()}"))),
            .. json.EnumerateObject().Where(p => p.Name != "metrics").Select(p => $"{p.Name}={p.Value.GetRawText()}"),
        ];
    }

    private string[] Sample(string outdir, params string[] more) =>
        ["sample", "--net", _model, "--outdir", _tiny.Folder[outdir], "--seeds", "0-9,1005", "--subdirs", "--batch", "2", "--steps", more.Contains("--steps") ? "4" : "3", "--threads", "1",
            .. more.Where(word => word is not ("--steps" or "4"))];

    private string Reference(string name, params string[] more)
    {
        Ok(["evaluate", "ref", "--data", _tiny.Data, "--dest", _tiny.Folder[name], "--features", _tiny.Classifier, "--batch", "16", "--threads", "1", .. more]);
        return _tiny.Folder[name];
    }

    private static void Ok(params string[] arguments)
    {
        var run = CommandLine.Run(arguments);
        run.Error.ShouldBe("");
        run.ExitCode.ShouldBe(0);
    }

    private static void Refused(string because, params string[] arguments) => CommandLine.Run(arguments).ShouldBeRefused(because);
}
