namespace DiffuSharp.Torch.IO;

/// <summary>Writes files that are either whole or not there.</summary>
public static class AtomicFile
{
    /// <summary>
    /// Calls <paramref name="write"/> on a temporary file in the folder of <paramref name="path"/>, flushes it to the disk, renames it to
    /// <paramref name="path"/>, replacing what was there, and flushes the folder: then the new file survives a power failure, and before
    /// that the old one. What is replaced keeps its permissions, and a link stays a link to the file, which is replaced. If anything fails,
    /// the temporary file is removed and the old file is untouched; what a killed process left is removed when its folder is next written to.
    /// </summary>
    /// <param name="path">File to create; missing folders are created.</param>
    /// <param name="write">Writes the whole content; the stream can seek and is closed by the caller.</param>
    /// <exception cref="IOException">The folder cannot be written, the disk is full, or it cannot hold a file of that size.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var full = FinalPath.Of(path);
        var folder = Path.EndsInDirectorySeparator(path) ? null : Path.GetDirectoryName(full);
        DurableFolder.Create(folder ?? throw new IOException($"{path}: not a file name"));
        var stream = Open(folder);
        var temporary = stream.Name;
        try
        {
            using (stream)
            {
                if (!OperatingSystem.IsWindows() && File.Exists(full))
                {
                    File.SetUnixFileMode(stream.SafeFileHandle, File.GetUnixFileMode(full));
                }

                write(stream);
                stream.Flush(flushToDisk: true);
                File.Move(temporary, full, overwrite: true); // Still open: its lock says that it is no remnant.
            }
        }
        catch (Exception error)
        {
            File.Delete(temporary);
            if (IsTooLarge(error))
            {
                throw new IOException($"{path}: larger than the file system or 'ulimit -f' allows a file to be; write to another disk", error);
            }

            throw;
        }

        DurableFolder.Flush(folder);
    }

    // Locked against removal from the start. It can be read once it has its name, even before it is closed.
    private static FileStream Open(string folder)
    {
        while (true)
        {
            var stream = new FileStream(
                TemporaryName.In(folder), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, 1 << 16);
            _ = FileLock.TryShared(stream.SafeFileHandle);
            if (File.Exists(stream.Name))
            {
                return stream;
            }

            stream.Dispose(); // Another process took it for a remnant before it was locked.
        }
    }

    // What .NET makes of EFBIG, when the stream's length is the value that is out of range.
    private static bool IsTooLarge(Exception error) =>
        error is ArgumentOutOfRangeException { ParamName: "value", Source: "System.Private.CoreLib" };
}
