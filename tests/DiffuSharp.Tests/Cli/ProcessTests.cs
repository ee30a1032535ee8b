using System.Diagnostics;
using DiffuSharp.Cli;
using DiffuSharp.Data;

namespace DiffuSharp.Tests.Cli;

/// <summary>The program as a process of its own.</summary>
public sealed class ProcessTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Bad_input_ends_the_process_with_2_and_one_line()
    {
        using var process = Start("sample", "--steps", "1");
        var error = await process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        process.ExitCode.ShouldBe(2);
        output.ShouldBe("");
        error.ShouldBe("diffusharp: --steps 1: must be a whole number from 2 to 100000; see 'diffusharp sample --help'\n");
    }

    [CodecsFact]
    public async Task Ctrl_C_ends_with_130_and_leaves_whole_images()
    {
        var model = TinyModel.Save(_folder["model.safetensors"]);
        using var process = Start("sample", "--net", model, "--outdir", _folder["out"], "--seeds", "0-99999", "--batch", "1", "--steps", "3", "--threads", "1");
        await Until(() => File.Exists(_folder["out/000001.png"]), process);
        using (var kill = Process.Start("kill", ["-INT", $"{process.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        using var patience = new CancellationTokenSource(s_patience);
        await process.WaitForExitAsync(patience.Token);
        process.ExitCode.ShouldBe(130);
        (await process.StandardError.ReadToEndAsync()).ShouldBe("diffusharp: interrupted\n");
        foreach (var file in Directory.EnumerateFiles(_folder["out"]))
        {
            ImageFile.Read(file).Shape.ShouldBe(new ImageShape(1, 8, 8));
        }

        File.Exists(_folder["out/grid.png"]).ShouldBeFalse();
    }

    private static async Task Until(Func<bool> condition, Process process)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            process.HasExited.ShouldBeFalse();
            watch.Elapsed.ShouldBeLessThan(s_patience);
            await Task.Delay(20);
        }
    }

    private static Process Start(params string[] arguments) => Process.Start(
        new ProcessStartInfo("dotnet", [typeof(Entry).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        })!;
}
