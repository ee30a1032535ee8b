namespace DiffuSharp.Torch.IO;

/// <summary>Writes files that are either whole or not there.</summary>
public static class AtomicFile
{
    /// <summary>
    /// Writes a file under a temporary name in the same folder, flushes it to disk and renames it. A reader of
    /// <paramref name="path"/> sees the old content or the whole new content, whenever the program is stopped.
    /// </summary>
    /// <param name="path">File to create or replace; its folder must exist.</param>
    /// <param name="write">Writes the content to a seekable stream. When it throws, the temporary file is removed and an
    /// existing file at <paramref name="path"/> stays as it is.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string fullPath = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(fullPath) ?? throw new ArgumentException($"{path}: names no file", nameof(path));
        string temporary = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, fullPath, overwrite: true);
        }
        catch
        {
            if (Directory.Exists(folder))
            {
                File.Delete(temporary);
            }

            throw;
        }
    }
}
