using System.Diagnostics;
using DiffuSharp.Cli;

namespace DiffuSharp.Tests.Cli;

/// <summary>The program as a process of its own, which ends with the test at the latest.</summary>
internal sealed class ProgramProcess : IDisposable
{
    // What must happen soon, on a machine that may be busy.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);
    private static readonly string s_program = typeof(Entry).Assembly.Location;

    /// <summary>The program.</summary>
    public static string Program => s_program;

    private readonly Process _process;

    private ProgramProcess(string file, params IEnumerable<string> arguments) => _process = Process.Start(
        new ProcessStartInfo(file, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            Environment = { ["DOTNET_EnableWriteXorExecute"] = "0" }, // would need a large file in memory
        })!;

    public StreamReader Output => _process.StandardOutput;

    public StreamReader Error => _process.StandardError;

    /// <summary>Starts it with the signals of a terminal: a test run in the background of a shell ignores Ctrl-C, and so would its children.</summary>
    public static ProgramProcess Start(params string[] arguments) => OperatingSystem.IsLinux()
        ? new("env", ["--default-signal=INT,HUP", "dotnet", s_program, .. arguments])
        : new("dotnet", [s_program, .. arguments]);

    /// <summary>Starts it with variables of the environment, <c>NAME=VALUE</c>; a name alone is taken away.</summary>
    public static ProgramProcess StartWith(IReadOnlyList<string> environment, params string[] arguments) =>
        new("env", [.. environment.Where(e => !e.Contains('=')).SelectMany(e => new[] { "-u", e }), .. environment.Where(e => e.Contains('=')), "dotnet", s_program, .. arguments]);

    /// <summary>
    /// Starts it where no file can grow beyond a number of blocks (512 or 1024 bytes, as the shell has it): writing more fails as
    /// on a full disk, without the rights that it takes to make one.
    /// </summary>
    public static ProgramProcess StartWithFileLimit(int blocks, params string[] arguments) =>
        new("sh", ["-c", $"trap '' XFSZ; ulimit -f {blocks}; exec dotnet \"$@\"", "sh", s_program, .. arguments]);

    /// <summary>Waits until something is so while the program runs.</summary>
    public async Task Until(Func<bool> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            _process.HasExited.ShouldBeFalse();
            watch.Elapsed.ShouldBeLessThan(s_patience);
            await Task.Delay(5);
        }
    }

    /// <summary>Presses Ctrl-C, or sends another signal.</summary>
    public async Task Interrupt(string signal = "INT")
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Ends it at once (SIGKILL).</summary>
    public async Task Kill()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Waits until the error stream is closed.</summary>
    /// <returns>All that was written to it and not read yet.</returns>
    public async Task<string> ReadError()
    {
        using var patience = new CancellationTokenSource(s_patience);
        return await Error.ReadToEndAsync(patience.Token);
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> End()
    {
        using var patience = new CancellationTokenSource(s_patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
