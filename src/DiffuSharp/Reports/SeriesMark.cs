namespace DiffuSharp.Reports;

/// <summary>How a series is drawn.</summary>
public enum SeriesMark
{
    /// <summary>A line with a symbol at each point; errors as a band.</summary>
    LineAndPoints,

    /// <summary>A line, for many points; errors as a band.</summary>
    Line,

    /// <summary>Symbols that are not joined; errors as bars.</summary>
    Points,
}
