using System.Diagnostics;
using System.Text.Json;

namespace DiffuSharp.Reports;

/// <summary>Draws plots as SVG with the same Vega as in HTML reports, run by Node.js; nothing is installed or fetched.</summary>
public sealed class SvgRenderer
{
    private readonly string _node;

    private SvgRenderer(string node) => _node = node;

    /// <summary>The renderer of this machine.</summary>
    /// <exception cref="InvalidInputException">Node.js is not in the PATH.</exception>
    public static SvgRenderer Find() => Find(Environment.GetEnvironmentVariable("PATH") ?? "");

    internal static SvgRenderer Find(string searchPath)
    {
        var name = OperatingSystem.IsWindows() ? "node.exe" : "node";
        return searchPath.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists) is { } node
            ? new SvgRenderer(node)
            : throw new InvalidInputException(
                "SVG is drawn with Node.js, and there is no 'node' in the PATH; install Node.js 18 or later, or write .html or .json instead");
    }

    /// <summary>The plot as one SVG document.</summary>
    /// <param name="plot">What to draw.</param>
    /// <param name="cancellation">Stops the drawing.</param>
    /// <exception cref="InvalidInputException">Something cannot be drawn, or Node.js fails.</exception>
    public string Render(Plot plot, CancellationToken cancellation = default)
    {
        var job = JsonSerializer.Serialize(new
        {
            bundles = ReportAssets.Bundles.Take(2).Select(ReportAssets.Base64),
            spec = plot.ToVegaLite(),
        });
        var start = new ProcessStartInfo(_node, ["--input-type=module", "-"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        using var process = Process.Start(start) ?? throw new InvalidInputException($"{_node}: cannot be started");
        using var stop = cancellation.Register(process.Kill);
        var svg = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        Send(process, $"const job = {job};\n{ReportAssets.Text("render.mjs")}");
        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        return process.ExitCode == 0
            ? svg.GetAwaiter().GetResult()
            : throw new InvalidInputException($"{_node} cannot draw the plot: {Cause(error.GetAwaiter().GetResult())}");
    }

    // An exception's message comes after the line of code that threw it.
    private static string Cause(string error)
    {
        var lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.FirstOrDefault(line => line.Contains("Error:", StringComparison.Ordinal)) ?? lines.FirstOrDefault() ?? "no reason given";
    }

    // A process that ends early closes the pipe; its exit code and its words then tell why.
    private static void Send(Process process, string program)
    {
        try
        {
            process.StandardInput.Write(program);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            process.WaitForExit();
        }
    }
}
