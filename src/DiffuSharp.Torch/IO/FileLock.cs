using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DiffuSharp.Torch.IO;

/// <summary>The system's lock on an open file, which it takes back when the process ends, however it ends (flock).</summary>
internal static partial class FileLock
{
    private const int Shared = 1; // LOCK_SH
    private const int Exclusive = 2; // LOCK_EX
    private const int NonBlocking = 4; // LOCK_NB

    /// <summary>Locks a file for this handle alone.</summary>
    /// <returns>False where another holds it, or where the file system has no locks.</returns>
    public static bool TryExclusive(SafeFileHandle file) => OperatingSystem.IsWindows() || Lock(file, Exclusive | NonBlocking) == 0;

    /// <summary>Locks a file so that it can be read, but not locked by <see cref="TryExclusive"/>.</summary>
    /// <returns>False where another holds it alone, or where the file system has no locks.</returns>
    public static bool TryShared(SafeFileHandle file) => OperatingSystem.IsWindows() || Lock(file, Shared | NonBlocking) == 0;

    [LibraryImport("libc", EntryPoint = "flock")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Lock(SafeFileHandle file, int operation);
}
