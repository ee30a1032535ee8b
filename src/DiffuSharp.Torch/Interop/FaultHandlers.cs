using System.Runtime.InteropServices;

namespace DiffuSharp.Torch.Interop;

/// <summary>
/// Loads libraries and keeps the .NET runtime's handlers of faults. A null reference reaches .NET as SIGSEGV; a library that takes that
/// signal when it is loaded (UCX does, which comes with the Open MPI of some builds of libtorch) would end the process instead. One load
/// at a time: handlers belong to the process.
/// </summary>
internal static unsafe partial class FaultHandlers
{
    private const int Capacity = 512; // of struct sigaction, which is 152 bytes in glibc on x86-64

    private static readonly int[] s_faults = [4, 7, 8, 11]; // Linux's SIGILL, SIGBUS, SIGFPE, SIGSEGV

    private static readonly Lock s_gate = new();

    /// <summary>Loads the library of that path.</summary>
    /// <exception cref="DllNotFoundException">It, or a library that it needs, cannot be loaded.</exception>
    public static nint Load(string path) => Keep(() => NativeLibrary.Load(path));

    /// <summary>The library of that path, or 0 where it, or one that it needs, cannot be loaded.</summary>
    public static nint TryLoad(string path) => Keep(() => NativeLibrary.TryLoad(path, out var handle) ? handle : 0);

    private static nint Keep(Func<nint> load)
    {
        if (!OperatingSystem.IsLinux())
        {
            return load();
        }

        lock (s_gate)
        {
            var handlers = stackalloc byte[s_faults.Length * Capacity];
            for (var i = 0; i < s_faults.Length; i++)
            {
                _ = SignalAction(s_faults[i], null, handlers + (i * Capacity));
            }

            try
            {
                return load();
            }
            finally
            {
                for (var i = 0; i < s_faults.Length; i++)
                {
                    _ = SignalAction(s_faults[i], handlers + (i * Capacity), null);
                }
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "sigaction")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SignalAction(int signal, byte* action, byte* previous);
}
