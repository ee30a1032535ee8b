using System.Runtime.InteropServices;

namespace DiffuSharp.Torch.Interop;

/// <summary>
/// How long OpenMP's threads spin while they wait for each other. GNU's runtime lets them spin for milliseconds, which halves the speed where
/// another process wants a core; a short spin costs nothing on an idle machine (benchmarks/NOTES-threads.md). It reads its environment once,
/// when it is loaded, so this must come before libtorch; what the user set wins.
/// </summary>
internal static partial class WaitingThreads
{
    /// <summary>The environment variable of GNU's OpenMP runtime.</summary>
    public const string SpinCount = "GOMP_SPINCOUNT";

    /// <summary>The other way to say it, which the user may have taken.</summary>
    public const string WaitPolicy = "OMP_WAIT_POLICY";

    /// <summary>Turns of the loop in which a thread spins before it sleeps, where the user says nothing.</summary>
    public const int Spins = 1000;

    /// <summary>What is in force, for people.</summary>
    public static string Description =>
        Environment.GetEnvironmentVariable(SpinCount) is { Length: > 0 } count ? $"{SpinCount} {count}"
        : Environment.GetEnvironmentVariable(WaitPolicy) is { Length: > 0 } policy ? $"{WaitPolicy} {policy}"
        : $"{SpinCount} {Spins}, DiffuSharp's own";

    /// <summary>Sets the spin count in the process's own environment, which .NET's copy does not reach.</summary>
    public static void Limit()
    {
        if (OperatingSystem.IsLinux() && string.IsNullOrEmpty(Environment.GetEnvironmentVariable(WaitPolicy)))
        {
            _ = SetEnvironment(SpinCount, $"{Spins}", overwrite: 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
