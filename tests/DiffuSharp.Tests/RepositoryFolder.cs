namespace DiffuSharp.Tests;

/// <summary>Files of the repository that a test reads or writes.</summary>
internal static class RepositoryFolder
{
    /// <summary>The path of a file, from the folder of the solution on.</summary>
    public static string File(params ReadOnlySpan<string> parts)
    {
        var folder = AppContext.BaseDirectory;
        while (!System.IO.File.Exists(Path.Combine(folder, "DiffuSharp.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("DiffuSharp.slnx is not above the tests.");
        }

        return Path.Combine([folder, .. parts]);
    }
}
