namespace DiffuSharp.Torch.Tests.IO;

/// <summary>The reference numbers: DIFFUSHARP_FIXTURES, else tests/fixtures/reference of the repository.</summary>
internal static class ReferenceFolder
{
    public static string Path { get; } = Environment.GetEnvironmentVariable("DIFFUSHARP_FIXTURES") ?? Search();

    private static string Search()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = System.IO.Path.Combine(folder.FullName, "tests", "fixtures", "reference");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new DirectoryNotFoundException("tests/fixtures/reference is not above the test binaries; set DIFFUSHARP_FIXTURES");
    }
}
