namespace DiffuSharp.Torch.IO;

/// <summary>Where links lead.</summary>
internal static class FinalPath
{
    /// <summary>The whole path of what a name means: that of the file or folder to which a link leads, be it there or not.</summary>
    public static string Of(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        return new FileInfo(full).LinkTarget is null ? full : File.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName;
    }
}
