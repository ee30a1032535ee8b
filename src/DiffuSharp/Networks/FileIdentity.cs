namespace DiffuSharp.Networks;

/// <summary>What tells the files apart that decide a result: their content, not their names.</summary>
public static class FileIdentity
{
    /// <summary>The hash of a file, and that of the description beside it if it is a TorchScript module.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static string Of(string path) => DenoiserFile.IsScript(path) && ScriptDescription.Find(path) is { } description
        ? $"{FileHash.Sha256(path)}+{FileHash.Sha256(description)}"
        : FileHash.Sha256(path);
}
