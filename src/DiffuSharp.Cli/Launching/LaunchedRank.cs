using System.Diagnostics;

namespace DiffuSharp.Cli.Launching;

/// <summary>A rank that this process started. The first rank has the terminal; of the others the last line of errors is kept.</summary>
internal sealed class LaunchedRank : IDisposable
{
    private readonly Process _process;
    private string _lastLine = "";

    /// <summary>Starts the rank.</summary>
    public LaunchedRank(int rank, ProcessStartInfo start)
    {
        Rank = rank;
        start.UseShellExecute = false;
        start.RedirectStandardOutput = start.RedirectStandardError = rank > 0;
        _process = Process.Start(start)!;
        if (rank > 0)
        {
            _process.ErrorDataReceived += (_, line) => _lastLine = line.Data is { Length: > 0 } text ? text : _lastLine;
            _process.BeginErrorReadLine();
            _process.BeginOutputReadLine(); // Read, so that the rank is never held up by it.
        }
    }

    public int Rank { get; }

    public bool HasEnded => _process.HasExited;

    /// <summary>The exit code; 128 + n where signal n ended it. It has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>When it ended. It has ended.</summary>
    public DateTime ExitTime => _process.ExitTime;

    /// <summary>Sends a signal, if it still runs.</summary>
    public void Send(Signal signal)
    {
        if (!_process.HasExited)
        {
            Signals.Send(_process.Id, signal);
        }
    }

    /// <summary>What it ended with, in words; empty for success, and for the first rank, which said so itself.</summary>
    public string Describe()
    {
        const int SignalBase = 128;
        _process.WaitForExit(); // until its last line has been read
        var code = ExitCode;
        var line = _lastLine.Replace("diffusharp: ", "", StringComparison.Ordinal);
        return code > SignalBase && code != Cli.ExitCode.Interrupted ? $"was killed by signal {code - SignalBase}{(line.Length > 0 ? $" ({line})" : "")}"
            : Rank == 0 || code == 0 ? ""
            : line.Length > 0 ? line
            : $"ended with exit code {code}";
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
