namespace DiffuSharp.Torch.IO;

/// <summary>Turns what the zip reader throws at damaged archives into one kind of error.</summary>
internal static class ZipErrors
{
    /// <summary>Runs a step of reading an archive.</summary>
    /// <exception cref="InvalidDataException">The archive is damaged.</exception>
    public static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw Damaged(path, e);
        }
    }

    /// <summary>Whether an exception of the zip reader speaks of the content of the archive.</summary>
    public static bool IsDamage(Exception e) => e is InvalidDataException;

    /// <summary>The error of a damaged archive.</summary>
    public static InvalidDataException Damaged(string path, Exception cause) => InvalidFile.Error(
        path, $"cannot be read as a zip archive ({cause.Message})", "the file is damaged, copy or download it again", cause);
}
