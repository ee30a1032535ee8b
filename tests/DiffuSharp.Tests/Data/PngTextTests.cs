using DiffuSharp.Data;

namespace DiffuSharp.Tests.Data;

public sealed class PngTextTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Steps: 18, Sampler: edm")]
    [InlineData("caf\u00e9")]
    [InlineData("\u732b\nSeed: 1")]
    public void Text_is_read_back_and_leaves_the_pixels(string text)
    {
        var image = PixelConversion.ToImage(TestImages.Random(5, 4, 3), out _);
        PngText.Write(_folder["a.png"], image, "parameters", text);
        PngText.Read(_folder["a.png"]).ShouldBe([new("parameters", text)]);
        ImageFile.Read(_folder["a.png"]).Pixels.ShouldBe(image.Pixels);
    }

    [Fact]
    public void Damaged_files_are_refused_in_one_line()
    {
        var file = PngText.With(TestImages.Png(3, 3, 1), "parameters", "x: 1");
        _folder.Write("short.png", file[..50]);
        _folder.Write("none.png", [1, 2, 3]);
        Should.Throw<InvalidDataException>(() => PngText.Read(_folder["short.png"])).Message.ShouldContain("truncated");
        Should.Throw<InvalidDataException>(() => PngText.Read(_folder["none.png"])).Message.ShouldContain("no PNG");
        Should.Throw<InvalidInputException>(() => PngText.Read(_folder["missing.png"])).Message.ShouldContain("no such file");
    }

    [Fact]
    public void Parameters_survive_their_text()
    {
        var parameters = new GenerationParameters
        {
            Prompt = "Ankle boot", Values = [new("Steps", "18"), new("Options", "rho 7, name: \"x\""), new("Seed", "5")],
        };
        var text = parameters.ToString();
        text.ShouldBe("Ankle boot\nSteps: 18, Options: \"rho 7, name: \\u0022x\\u0022\", Seed: 5");
        var read = GenerationParameters.Parse(text).ShouldNotBeNull();
        read.Prompt.ShouldBe("Ankle boot");
        read.Values.ShouldBe(parameters.Values);
    }

    [Fact]
    public void Text_of_other_programs_is_understood_as_far_as_it_goes()
    {
        var read = GenerationParameters.Parse("a cat, sitting\nNegative prompt: dog\nSteps: 20, Sampler: Euler a, CFG scale: 7, Size: 512x512, Model hash: 00ab").ShouldNotBeNull();
        read.Prompt.ShouldBe("a cat, sitting\nNegative prompt: dog");
        read.Values.Select(v => v.Key).ShouldBe(["Steps", "Sampler", "CFG scale", "Size", "Model hash"]);
        GenerationParameters.Parse("no names here").ShouldBeNull();
        GenerationParameters.Parse("").ShouldBeNull();
    }
}
