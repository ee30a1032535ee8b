using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace DiffuSharp.Testing;

/// <summary>What became of a process.</summary>
public sealed record Ended(int ExitCode, string Output, string Error, TimeSpan Time);

/// <summary>Programs that run at the same time as ranks of one group, with the variables of torchrun.</summary>
public static class RankProcesses
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    /// <summary>A port of this machine that nobody uses now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Runs all ranks to their end.</summary>
    /// <param name="ranks">How many.</param>
    /// <param name="program">The .NET program and its arguments.</param>
    public static Task<Ended[]> Run(int ranks, params string[] program)
    {
        var port = FreePort();
        return Task.WhenAll(Enumerable.Range(0, ranks).Select(rank => Run(Variables(rank, ranks, port), program)));
    }

    /// <summary>The variables of a rank on this machine.</summary>
    public static Dictionary<string, string> Variables(int rank, int ranks, int port, string timeout = "60") => new(StringComparer.Ordinal)
    {
        ["RANK"] = $"{rank}", ["WORLD_SIZE"] = $"{ranks}", ["LOCAL_RANK"] = $"{rank}", ["LOCAL_WORLD_SIZE"] = $"{ranks}",
        ["MASTER_ADDR"] = "127.0.0.1", ["MASTER_PORT"] = $"{port}", ["DIFFUSHARP_RANK_TIMEOUT"] = timeout,
    };

    /// <summary>Runs one process to its end.</summary>
    /// <param name="variables">Added to the environment.</param>
    /// <param name="program">The .NET program and its arguments.</param>
    public static Task<Ended> Run(IReadOnlyDictionary<string, string> variables, params string[] program) => RunProgram("dotnet", variables, program);

    /// <summary>Runs a program of another kind to its end.</summary>
    /// <param name="file">The program.</param>
    /// <param name="variables">Added to the environment.</param>
    /// <param name="arguments">Its arguments.</param>
    public static async Task<Ended> RunProgram(string file, IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        var watch = Stopwatch.StartNew();
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var error = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return new Ended(process.ExitCode, await output, await error, watch.Elapsed);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }
}
