namespace DiffuSharp.Torch.IO;

/// <summary>Makes and removes folders that are either whole or not there.</summary>
public static class AtomicFolder
{
    /// <summary>
    /// Calls <paramref name="write"/> on a temporary folder beside <paramref name="path"/>, flushes it and all in it to the disk, renames it to
    /// <paramref name="path"/> and flushes the folder above. If anything fails, nothing stays; what a killed process left is removed when the
    /// folder above is next written to.
    /// </summary>
    /// <param name="path">Folder to create, not there or empty; missing folders above it are created.</param>
    /// <param name="write">Fills the folder, whose name it is given.</param>
    /// <exception cref="IOException">The folder is not empty, or cannot be written.</exception>
    public static void Write(string path, Action<string> write)
    {
        var full = FinalPath.Of(path);
        var parent = Parent(full);
        DurableFolder.Create(parent);
        var temporary = TemporaryName.In(parent);
        using var held = Hold(temporary);
        try
        {
            Directory.CreateDirectory(temporary);
            write(temporary);
            DurableFolder.FlushAll(temporary);
            if (Directory.Exists(full))
            {
                Directory.Delete(full);
            }

            Directory.Move(temporary, full);
        }
        catch
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }

            throw;
        }

        DurableFolder.Flush(parent);
    }

    /// <summary>Removes a folder with all that is in it, if it is there: it loses its name first.</summary>
    public static void Remove(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (!Directory.Exists(full))
        {
            return;
        }

        var parent = Parent(full);
        var temporary = TemporaryName.In(parent);
        using var held = Hold(temporary);
        Directory.Move(full, temporary);
        DurableFolder.Flush(parent);
        Directory.Delete(temporary, recursive: true);
    }

    private static string Parent(string path) => Path.GetDirectoryName(path) ?? throw new IOException($"{path}: not a folder's name");

    private static LockFile Hold(string temporary) =>
        LockFile.TryTake(TemporaryName.LockOf(temporary)) ?? throw new IOException($"{temporary}: cannot be locked");
}
