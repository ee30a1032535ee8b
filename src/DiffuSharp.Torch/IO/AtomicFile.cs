namespace DiffuSharp.Torch.IO;

/// <summary>Writes files that are either whole or not there.</summary>
public static class AtomicFile
{
    /// <summary>
    /// Calls <paramref name="write"/> on a temporary file in the folder of <paramref name="path"/>, flushes it to the disk and
    /// renames it to <paramref name="path"/>, replacing what was there. If anything fails, the temporary file is removed and
    /// the old file is untouched. The folder itself is not flushed: after a power failure the old file may be back, whole.
    /// </summary>
    /// <param name="path">File to create; missing folders are created.</param>
    /// <param name="write">Writes the whole content; the stream can seek and is closed by the caller.</param>
    /// <exception cref="IOException">The folder cannot be written, the disk is full, or it cannot hold a file of that size.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var full = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(full) ?? throw new IOException($"{path}: not a file name");
        Directory.CreateDirectory(folder);
        var temporary = Path.Combine(folder, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
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
    }

    // What .NET makes of EFBIG, when the stream's length is the value that is out of range.
    private static bool IsTooLarge(Exception error) =>
        error is ArgumentOutOfRangeException { ParamName: "value", Source: "System.Private.CoreLib" };
}
