using System.Text.Json;
using DiffuSharp.Data;

namespace DiffuSharp.Tests.Cli;

public sealed class DenoiseCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;
    private readonly string _data;

    public DenoiseCommandTests()
    {
        _model = TinyModel.Save(_folder["model.safetensors"], labelDim: 0);
        var pixels = new byte[3 * 64];
        new Random(3).NextBytes(pixels);
        _data = _folder.Write("images-idx3-ubyte", TestImages.Idx([3, 8, 8], pixels));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_ideal_denoiser_finds_the_image_at_little_noise_and_the_mean_at_much()
    {
        var document = CommandLine.Json(
            "denoise", "--ideal", _data, "--data", _data, "--num", "3", "--sigmas", "0.01,1000", "--out", _folder["a.png"]);
        var errors = document.GetProperty("errors");
        errors[0].GetProperty("rmse").GetDouble().ShouldBe(0, 1e-4);

        // The mean of 3 images of uniform bytes is off by √(2/3) of their deviation, 73.9.
        errors[1].GetProperty("rmse").GetDouble().ShouldBe(Math.Sqrt(2.0 / 3) * 73.9, 8);
        var picture = ImageFile.Read(_folder["a.png"]);
        (picture.Shape.Width, picture.Shape.Height).ShouldBe((2 + (2 * 10), 2 + (6 * 10)));
    }

    [Fact]
    public void A_models_error_is_measured_at_each_level()
    {
        string[] flags = ["denoise", "--net", _model, "--data", _data, "--num", "2", "--sigmas", "0.05,1"];
        var document = CommandLine.Json(flags);
        document.GetProperty("n").GetInt32().ShouldBe(2);
        document.GetProperty("errors").GetArrayLength().ShouldBe(2);
        CommandLine.Run(flags).Output.ShouldContain("sigma 0.05: RMSE ");
    }

    [Fact]
    public void The_steps_of_a_sampler_are_measured_one_by_one()
    {
        string[] flags = ["sampler", "error", "--net", _model, "--data", _data, "--num", "2", "--steps", "4", "--substeps", "3"];
        var document = CommandLine.Json(flags);
        document.GetProperty("nfe").GetDouble().ShouldBe(3 * (6 + 1 + 2));
        document.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("sigma").GetDouble()).First().ShouldBe(80, 1e-9);
        CommandLine.Run(flags).Output.ShouldContain("N 2, seed 0, 3 substeps");
    }

    [Fact]
    public void Paths_are_JSON_lines()
    {
        var run = CommandLine.Run("sampler", "paths", "--schedule", "ve", "--paths", "2", "--points", "3");
        run.ExitCode.ShouldBe(0);
        var lines = run.Output.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        lines.Length.ShouldBe(6);
        lines[0].GetProperty("t").GetDouble().ShouldBe(625);
        lines[^1].GetProperty("x").GetDouble().ShouldBe(1.0034, 1e-3);
    }

    [Theory]
    [InlineData("denoise --net @model.safetensors --ideal @images-idx3-ubyte", "give one of the two")]
    [InlineData("denoise --net @model.safetensors --data @images-idx3-ubyte --num 2 --sigmas 1,0", "'0' is no positive number")]
    [InlineData("sampler error --net @model.safetensors --data @none", "none")]
    public void Bad_input_gets_one_line(string arguments, string because) =>
        CommandLine.Run([.. arguments.Split(' ').Select(a => a.StartsWith('@') ? _folder[a[1..]] : a)]).ShouldBeRefused(because);
}
