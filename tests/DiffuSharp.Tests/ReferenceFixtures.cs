namespace DiffuSharp.Tests;

/// <summary>The reference numbers: in the folder that DIFFUSHARP_FIXTURES names, else tests/fixtures/reference of this repository.</summary>
internal static class ReferenceFixtures
{
    private static readonly string Folder =
        Environment.GetEnvironmentVariable("DIFFUSHARP_FIXTURES") ?? FolderAbove(AppContext.BaseDirectory);

    public static string Path(params string[] parts) => System.IO.Path.Combine([Folder, .. parts]);

    private static string FolderAbove(string start)
    {
        for (string? parent = start; parent is not null; parent = System.IO.Path.GetDirectoryName(parent))
        {
            string candidate = System.IO.Path.Combine(parent, "tests", "fixtures", "reference");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new DirectoryNotFoundException("tests/fixtures/reference is not above the tests; set DIFFUSHARP_FIXTURES.");
    }
}
