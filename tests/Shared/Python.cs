using System.Diagnostics;
using System.Text;

namespace DiffuSharp.Testing;

/// <summary>Runs a script with Debian's PyTorch, where it is installed.</summary>
internal static class Python
{
    private const string Interpreter = "/usr/bin/python3";

    public static string? WhyAbsent { get; } = File.Exists(Interpreter) ? null : $"python3 is not installed: no {Interpreter}";

    public static string? WhyNoTorch { get; } = Run("import torch") is { } error ? $"python3-torch is not installed: {error}" : null;

    // Returns null, or the last line of the error output.
    public static string? Run(string script)
    {
        if (WhyAbsent is { } reason)
        {
            return reason;
        }

        // A file, because torch.jit.script reads the source of what it compiles.
        using var folder = new TemporaryFolder();
        var path = folder.Write("script.py", Encoding.UTF8.GetBytes(script));
        var start = new ProcessStartInfo(Interpreter, [path]) { RedirectStandardError = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : error.TrimEnd().Split('\n')[^1];
    }
}
