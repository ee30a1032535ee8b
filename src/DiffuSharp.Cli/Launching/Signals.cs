using System.Runtime.InteropServices;

namespace DiffuSharp.Cli.Launching;

/// <summary>Signals by their numbers, which are the same on all systems.</summary>
internal enum Signal
{
    /// <summary>At once, without a chance to save.</summary>
    Kill = 9,

    /// <summary>Save and end.</summary>
    Terminate = 15,
}

internal static partial class Signals
{
    public static void Send(int process, Signal signal) => _ = Kill(process, (int)signal);

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}
