using System.Runtime.InteropServices;

namespace DiffuSharp.Torch.IO;

/// <summary>Folders whose names survive a power failure: what is made, renamed or removed in a folder counts once the folder itself is flushed.</summary>
internal static partial class DurableFolder
{
    private const int ReadOnly = 0; // O_RDONLY
    private const int InputOutputError = 5; // EIO
    private const int DiskFull = 28; // ENOSPC

    private static readonly int s_closeOnExec = OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000; // O_CLOEXEC

    /// <summary>Makes a folder and those above it, flushed.</summary>
    /// <returns>The folders that were not there, the innermost first.</returns>
    public static IReadOnlyList<string> Create(string path)
    {
        var made = new List<string>();
        for (var folder = path; folder is not null && !Directory.Exists(folder); folder = Path.GetDirectoryName(folder))
        {
            made.Add(folder);
        }

        Directory.CreateDirectory(path);
        made.ForEach(folder => Flush(Path.GetDirectoryName(folder)!));
        return made;
    }

    /// <summary>Flushes the names in a folder to the disk, where the system can.</summary>
    /// <exception cref="IOException">The disk failed or is full.</exception>
    public static void Flush(string path) => Flush(path, Sync);

    /// <summary>Flushes a folder and all files and folders in it.</summary>
    /// <exception cref="IOException">The disk failed or is full.</exception>
    public static void FlushAll(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            Flush(path, SyncFileSystem); // Once for all: a flush of its own takes many small files longer than writing them.
            return;
        }

        foreach (var file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
            stream.Flush(flushToDisk: true);
        }

        foreach (var folder in Directory.EnumerateDirectories(path, "*", SearchOption.AllDirectories))
        {
            Flush(folder);
        }

        Flush(path);
    }

    private static void Flush(string path, Func<int, int> sync)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(path, ReadOnly | s_closeOnExec);
        if (descriptor < 0)
        {
            return; // A folder may be writable but not readable.
        }

        var failed = sync(descriptor) != 0;
        var error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (failed && error is (InputOutputError or DiskFull))
        {
            throw new IOException($"{path}: cannot be flushed to the disk: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SyncFileSystem(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
