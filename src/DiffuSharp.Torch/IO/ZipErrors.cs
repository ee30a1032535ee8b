namespace DiffuSharp.Torch.IO;

/// <summary>Adds path and advice to what the zip reader says of damaged archives.</summary>
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
        catch (InvalidDataException e)
        {
            throw Damaged(path, e);
        }
    }

    /// <summary>The error of an archive that is damaged, or sound but compressed in a way that .NET cannot undo.</summary>
    public static InvalidDataException Damaged(string path, Exception cause) => cause.Message.Contains("compressed using", StringComparison.Ordinal)
        ? InvalidFile.Error(path, "is compressed by another method than deflate", "make the zip file again, deflated or uncompressed", cause)
        : InvalidFile.Error(path, $"cannot be read as a zip archive ({cause.Message})", "the file is damaged, copy or download it again", cause);
}
