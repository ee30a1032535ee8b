namespace DiffuSharp.Torch.IO;

/// <summary>
/// A lock with a name: a file that is held open and locked, and removed in the end. The system takes the lock back when the process ends,
/// however it ends; a file that stays behind locks nothing.
/// </summary>
internal sealed class LockFile : IDisposable
{
    /// <summary>How the file is opened, so that nobody else can lock it; on Windows, so that it can be removed all the same.</summary>
    public static readonly FileShare Alone = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;

    private const int Tries = 20;

    private static readonly DateTime s_earliest = new(1980, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly TimeSpan s_wait = TimeSpan.FromMilliseconds(10);

    private readonly string _path;
    private readonly FileStream _file;

    private LockFile(string path, FileStream file) => (_path, _file) = (path, file);

    /// <summary>Whether the file system has locks: where it has none, everybody gets them.</summary>
    public bool IsCertain => FileLock.TryExclusive(_file.SafeFileHandle);

    /// <summary>Takes the lock.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tries">How often; another process may hold it for a moment, to see whether it is a remnant.</param>
    /// <returns>The lock; null where another holds it.</returns>
    public static LockFile? TryTake(string path, int tries = Tries)
    {
        for (var i = 0; i < tries; i++)
        {
            if (TryOpen(path) is { } file)
            {
                if (IsNamed(file, path))
                {
                    return new LockFile(path, file);
                }

                file.Dispose();
            }
            else if (i < tries - 1)
            {
                Thread.Sleep(s_wait);
            }
        }

        return null;
    }

    /// <summary>Removes the file and gives the lock back.</summary>
    public void Dispose()
    {
        using var file = _file;
        try
        {
            File.Delete(_path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Its folder is gone or closed; what stays locks nothing.
        }
    }

    private static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, Alone);
        }
        catch (IOException error) when (FileError.IsInUse(error))
        {
            return null;
        }
    }

    // Between opening and locking the file may have been removed and made anew. A time that only this one has tells them apart.
    private static bool IsNamed(FileStream file, string path)
    {
        var mark = s_earliest.AddSeconds(2 * Random.Shared.Next(1 << 29));
        File.SetLastWriteTimeUtc(file.SafeFileHandle, mark);
        return File.GetLastWriteTimeUtc(path) == mark;
    }
}
