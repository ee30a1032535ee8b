using DiffuSharp.Data;

namespace DiffuSharp.Tests.Cli;

public sealed class CodecCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;
    private readonly string _data;

    public CodecCommandTests()
    {
        _model = TinyModel.Save(_folder["model.safetensors"], labelDim: 0);
        var pixels = new byte[3 * 64];
        new Random(3).NextBytes(pixels);
        _data = _folder.Write("images-idx3-ubyte", TestImages.Idx([3, 8, 8], pixels));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Images_come_back_from_the_file_and_parts_of_it_show_what_the_encoder_said()
    {
        var report = Encode();
        var levels = report.GetProperty("levels");
        report.GetProperty("lossless").GetBoolean().ShouldBeTrue();
        report.GetProperty("bytes").GetInt64().ShouldBe(new FileInfo(_folder["a.dsprog"]).Length);
        levels.GetArrayLength().ShouldBe(6);

        var whole = Decode("--outdir", _folder["out"], "--compare");
        whole.GetProperty("lossless").GetBoolean().ShouldBeTrue();
        whole.GetProperty("rmse").GetDouble().ShouldBe(0);
        using var original = ImageDataset.Open(_data);
        for (var i = 0; i < 3; i++)
        {
            ImageFile.Read(_folder[$"out/{i:D6}.png"]).Pixels.ShouldBe(TestImages.Planes(original, i));
        }

        foreach (var step in new[] { 2, 5 })
        {
            var part = Decode("--truncate", $"{step}", "--compare");
            part.GetProperty("lossless").GetBoolean().ShouldBeFalse();
            part.GetProperty("rmse").GetDouble().ShouldBe(levels[step - 1].GetProperty("rmse").GetDouble(), 1e-6);
        }
    }

    [Fact]
    public void A_truncated_file_ends_where_the_whole_one_is_at_that_level()
    {
        var bytes = Encode().GetProperty("levels")[2].GetProperty("bytes").GetInt64();
        Encode("--truncate", "3").GetProperty("lossless").GetBoolean().ShouldBeFalse();
        new FileInfo(_folder["a.dsprog"]).Length.ShouldBe(bytes);
    }

    [Theory]
    [InlineData("codec encode --net @model.safetensors --data @none --dest @a", "none")]
    [InlineData("codec encode --net @model.safetensors --data @images-idx3-ubyte --dest @a --levels 4 --truncate 4", "truncate 4")]
    [InlineData("codec encode --net @model.safetensors --data @images-idx3-ubyte --dest @a --sigma_min 100", "sigma_min is 100")]
    [InlineData("codec decode @none --net @model.safetensors --compare", "none")]
    [InlineData("codec decode @model.safetensors --net @model.safetensors --compare", "no file of the progressive codec")]
    [InlineData("codec decode @model.safetensors --net @model.safetensors", "nothing to do")]
    public void Bad_input_gets_one_line(string arguments, string because) =>
        CommandLine.Run([.. arguments.Split(' ').Select(a => a.StartsWith('@') ? _folder[a[1..]] : a)]).ShouldBeRefused(because);

    private System.Text.Json.JsonElement Encode(params string[] more) => CommandLine.Json(
        ["codec", "encode", "--net", _model, "--data", _data, "--dest", _folder["a.dsprog"], "--levels", "6", "--sigma_min", "0.2", "--block-bits", "8", .. more]);

    private System.Text.Json.JsonElement Decode(params string[] more) =>
        CommandLine.Json(["codec", "decode", _folder["a.dsprog"], "--net", _model, "--data", _data, .. more]);
}
