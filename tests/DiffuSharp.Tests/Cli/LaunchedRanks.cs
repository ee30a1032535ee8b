using System.Diagnostics;

namespace DiffuSharp.Tests.Cli;

/// <summary>The ranks that a launch started, found by what they were asked to do.</summary>
internal static class LaunchedRanks
{
    /// <summary>Kills a rank (SIGKILL).</summary>
    /// <param name="rank">Its number.</param>
    /// <param name="argument">What only its command line has.</param>
    public static void Kill(int rank, string argument)
    {
        using var process = Process.GetProcessesByName("dotnet").Single(p => Is(p, rank, argument));
        process.Kill();
    }

    private static bool Is(Process process, int rank, string argument)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/environ").Split('\0').Contains($"RANK={rank}")
                && File.ReadAllText($"/proc/{process.Id}/cmdline").Split('\0').Contains(argument);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
