namespace DiffuSharp.Data;

/// <summary>Files that are no images of a data set.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Files">Their names.</param>
public sealed record LeftOutFiles(string Reason, IReadOnlyList<string> Files)
{
    private const int Shown = 3;

    /// <summary>How many, why and the first names, in one line.</summary>
    public override string ToString()
    {
        var more = Files.Count > Shown ? $" and {Files.Count - Shown} more" : "";
        return $"{Files.Count} {(Files.Count == 1 ? "file" : "files")}, {Reason}: {string.Join(", ", Files.Take(Shown))}{more}";
    }
}
