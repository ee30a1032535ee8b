using DiffuSharp.Data;
using DiffuSharp.Denoising;

namespace DiffuSharp.Tests.Cli;

public sealed class InterpolateCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;
    private readonly string _data;

    public InterpolateCommandTests()
    {
        _model = TinyModel.Save(_folder["model.safetensors"], labelDim: 0);
        var pixels = new byte[4 * 64];
        new Random(3).NextBytes(pixels);
        _data = _folder.Write("images-idx3-ubyte", TestImages.Idx([4, 8, 8], pixels));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void At_step_0_the_row_fades_from_one_image_to_the_other()
    {
        var document = Interpolate("--num", "4", "--step", "0", "--points", "3");
        document.GetProperty("pairs").GetInt32().ShouldBe(2);
        document.GetProperty("evaluations").GetInt32().ShouldBe(0);

        var picture = ImageFile.Read(_folder["i.png"]);
        (picture.Shape.Width, picture.Shape.Height).ShouldBe((2 + (5 * 10), 2 + (2 * 10)));
        using var data = ImageDataset.Open(_data, new ImageDatasetOptions { MaxSize = 4 });
        for (var row = 0; row < 2; row++)
        {
            var (first, second) = (TestImages.Planes(data, 2 * row), TestImages.Planes(data, (2 * row) + 1));
            Cell(picture, row, 0).ShouldBe(first);
            Cell(picture, row, 1).ShouldBe(first);
            Cell(picture, row, 3).ShouldBe(second);
            Cell(picture, row, 4).ShouldBe(second);
            Cell(picture, row, 2).Zip(first.Zip(second, (a, b) => (a + b) / 2.0), (seen, mean) => Math.Abs(seen - mean)).Max().ShouldBeLessThan(1);
        }
    }

    [Fact]
    public void The_way_back_costs_an_evaluation_for_each_step_and_image_and_depends_on_the_mix()
    {
        string[] flags = ["--num", "2", "--diffusion-steps", "20", "--beta-schedule", "cosine", "--points", "3"];
        var document = Interpolate(flags);
        document.GetProperty("step").GetInt32().ShouldBe(10);
        document.GetProperty("evaluations").GetInt32().ShouldBe(30);
        var lerp = ImageFile.Read(_folder["i.png"]);
        Interpolate([.. flags, "--mix", "slerp"]);
        var slerp = ImageFile.Read(_folder["i.png"]);

        Cell(slerp, 0, 1).ShouldBe(Cell(lerp, 0, 1));
        Cell(slerp, 0, 2).ShouldNotBe(Cell(lerp, 0, 2));
    }

    [Fact]
    public void The_latents_are_those_of_the_models_own_process()
    {
        TinyModel.Save(_folder["model.safetensors"], labelDim: 0, preconditioning: new IddpmPreconditioning());
        string[] flags = ["--num", "2", "--step", "20", "--points", "2"];
        Interpolate(flags).GetProperty("diffusion_steps").GetInt32().ShouldBe(1000);
        var own = ImageFile.Read(_folder["i.png"]);
        Interpolate([.. flags, "--beta-schedule", "linear"]);

        Cell(ImageFile.Read(_folder["i.png"]), 0, 1).ShouldNotBe(Cell(own, 0, 1));
    }

    [Theory]
    [InlineData("--num 3", "3 images are no pairs")]
    [InlineData("--num 2 --step 21 --diffusion-steps 20", "--step 21: the process has 20 steps")]
    [InlineData("--num 2 --variance learned", "does not predict variances")]
    [InlineData("--num 2 --mix spline", "--mix spline")]
    public void Bad_input_gets_one_line(string flags, string because) =>
        CommandLine.Run(["interpolate", "--net", _model, "--data", _data, .. flags.Split(' ')]).ShouldBeRefused(because);

    private System.Text.Json.JsonElement Interpolate(params string[] flags) =>
        CommandLine.Json(["interpolate", "--net", _model, "--data", _data, "--out", _folder["i.png"], .. flags]);

    private static byte[] Cell(Image picture, int row, int column) =>
        [.. Enumerable.Range(0, 8).SelectMany(y => picture.Pixels.Skip(((2 + (row * 10) + y) * picture.Shape.Width) + 2 + (column * 10)).Take(8))];
}
