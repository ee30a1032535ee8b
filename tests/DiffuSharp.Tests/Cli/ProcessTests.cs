using DiffuSharp.Data;

namespace DiffuSharp.Tests.Cli;

/// <summary>The program as a process of its own.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Bad_input_ends_the_process_with_2_and_one_line()
    {
        using var process = ProgramProcess.Start("sample", "--steps", "0");
        var error = await process.ReadError();
        var output = await process.Output.ReadToEndAsync();
        (await process.End()).ShouldBe(2);
        output.ShouldBe("");
        error.ShouldBe("diffusharp: --steps 0: must be a whole number from 1 to 100000; see 'diffusharp sample --help'\n");
    }

    [Fact]
    public async Task A_corrupt_png_is_told_of_in_one_line_although_libpng_would_print_its_own()
    {
        var png = TestImages.Png(9, 7, 3);
        png[60] ^= 0xff;
        _folder.Write("images/cat.png", png);
        using var process = ProgramProcess.Start("dataset", "convert", "--source", _folder["images"], "--dest", _folder["new.zip"]);
        var error = await process.ReadError();
        (await process.End()).ShouldBe(2);
        error.ShouldStartWith("diffusharp: ");
        error.ShouldContain("cat.png: the PNG is corrupt");
        error.TrimEnd('\n').ShouldNotContain("\n");
    }

    [Fact]
    public async Task Ctrl_C_ends_with_130_and_leaves_whole_images()
    {
        var model = TinyModel.Save(_folder["model.safetensors"]);
        using var process = ProgramProcess.Start("sample", "--net", model, "--outdir", _folder["out"], "--seeds", "0-99999", "--batch", "1", "--steps", "3", "--threads", "1");
        await process.Until(() => File.Exists(_folder["out/000001.png"]));
        await process.Interrupt();

        (await process.End()).ShouldBe(130);
        (await process.ReadError()).ShouldBe("diffusharp: interrupted\n");
        foreach (var file in Directory.EnumerateFiles(_folder["out"], "*.png"))
        {
            ImageFile.Read(file).Shape.ShouldBe(new ImageShape(1, 8, 8));
        }

        File.Exists(_folder["out/grid.png"]).ShouldBeFalse();
    }
}
