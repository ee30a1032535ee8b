namespace DiffuSharp.Testing;

/// <summary>
/// Where the reference numbers are: the folder DIFFUSHARP_FIXTURES, by default the repository's, tests/fixtures/reference. Tests of numbers read any set;
/// what the repository states about its own set (a documented table, an exact text) is tested against <see cref="RepositoryFile"/>.
/// </summary>
internal static class ReferenceFolder
{
    public static string Path { get; } = Environment.GetEnvironmentVariable("DIFFUSHARP_FIXTURES") is { Length: > 0 } folder
        ? folder
        : Above(AppContext.BaseDirectory);

    public static string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>A file of the repository's own set, whatever DIFFUSHARP_FIXTURES names.</summary>
    public static string RepositoryFile(params string[] parts) => System.IO.Path.Combine([Above(AppContext.BaseDirectory), .. parts]);

    private static string Above(string? folder)
    {
        for (; folder is not null; folder = System.IO.Path.GetDirectoryName(folder))
        {
            var candidate = System.IO.Path.Combine(folder, "tests", "fixtures", "reference");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new DirectoryNotFoundException("tests/fixtures/reference is not above the tests; set DIFFUSHARP_FIXTURES");
    }
}
