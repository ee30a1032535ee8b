using System.Diagnostics;

namespace DiffuSharp.Torch.Tests.IO;

/// <summary>The NumPy of the system, which wrote the format.</summary>
internal static class Numpy
{
    private const string Python = "/usr/bin/python3";

    public static bool IsInstalled { get; } = File.Exists(Python) && Start("import numpy", []).ExitCode == 0;

    /// <summary>Runs a script; its assertions are the test's.</summary>
    public static void Run(string script, params string[] arguments)
    {
        var (exitCode, errors) = Start(script, arguments);
        exitCode.ShouldBe(0, errors);
    }

    private static (int ExitCode, string Errors) Start(string script, string[] arguments)
    {
        var start = new ProcessStartInfo(Python, ["-c", script, .. arguments])
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, errors);
    }
}
