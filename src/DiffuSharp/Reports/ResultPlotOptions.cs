namespace DiffuSharp.Reports;

/// <summary>Which fields of results become which part of a plot.</summary>
/// <param name="X">Field on the horizontal axis.</param>
/// <param name="Y">Fields on the vertical axis; each gets a panel.</param>
public sealed record ResultPlotOptions(string X, IReadOnlyList<string> Y)
{
    /// <summary>Field that tells the series apart; null for the files' names.</summary>
    public string? Series { get; init; }

    /// <summary>For each <see cref="Y"/> the field with its standard error; empty for none.</summary>
    public IReadOnlyList<string> Error { get; init; } = [];

    /// <summary>Whether the horizontal axis is logarithmic.</summary>
    public bool LogX { get; init; }

    /// <summary>Whether the vertical axes are logarithmic.</summary>
    public bool LogY { get; init; }

    /// <summary>Words for the horizontal axis; null for <see cref="X"/>.</summary>
    public string? XTitle { get; init; }

    /// <summary>Words for each vertical axis; empty for <see cref="Y"/>.</summary>
    public IReadOnlyList<string> YTitle { get; init; } = [];

    /// <summary>Above the plot; empty for none.</summary>
    public string Title { get; init; } = "";

    /// <summary>Refuses lists that do not fit each other.</summary>
    /// <exception cref="InvalidInputException">One has not as many names as <see cref="Y"/>.</exception>
    public void Validate()
    {
        if (X.Length == 0 || Y.Count == 0 || Y.Any(name => name.Length == 0))
        {
            throw new InvalidInputException("a plot needs the name of a field for each axis");
        }

        if (Error.Count > 0 && Error.Count != Y.Count)
        {
            throw new InvalidInputException($"{Error.Count} fields with errors for {Y.Count} fields with values; there must be as many");
        }

        if (YTitle.Count > 0 && YTitle.Count != Y.Count)
        {
            throw new InvalidInputException($"{YTitle.Count} titles for {Y.Count} vertical axes; there must be as many");
        }
    }
}
