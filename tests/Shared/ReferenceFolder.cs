namespace DiffuSharp.Testing;

/// <summary>Where the reference numbers are: the folder DIFFUSHARP_FIXTURES, by default tests/fixtures/reference.</summary>
internal static class ReferenceFolder
{
    public static string Path { get; } = Environment.GetEnvironmentVariable("DIFFUSHARP_FIXTURES") is { Length: > 0 } folder
        ? folder
        : Above(AppContext.BaseDirectory);

    public static string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

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
