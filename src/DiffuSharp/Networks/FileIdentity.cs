namespace DiffuSharp.Networks;

/// <summary>What tells the files apart that decide a result: their content, not their names.</summary>
public static class FileIdentity
{
    /// <summary>The hash of a file, and that of the description beside it if it is a TorchScript module.</summary>
    /// <param name="path">The file; <c>torchscript:FILE</c> too.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static string Of(string path)
    {
        var file = ScriptName.FileOf(path);
        return File.Exists(file) && WeightFile.IsZip(file) && ScriptDescription.Find(file) is { } description
            ? $"{FileHash.Sha256(file)}+{FileHash.Sha256(description)}"
            : FileHash.Sha256(file);
    }
}
