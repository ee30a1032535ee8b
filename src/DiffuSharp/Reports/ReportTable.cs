namespace DiffuSharp.Reports;

/// <summary>A table of text; a column in which every cell begins with a digit or a sign is aligned to the right.</summary>
/// <param name="Columns">Headings.</param>
/// <param name="Rows">One cell for each column.</param>
public sealed record ReportTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>Refuses rows of another length.</summary>
    /// <exception cref="ArgumentException">A row has too few or too many cells.</exception>
    public void Validate()
    {
        if (Rows.FirstOrDefault(row => row.Count != Columns.Count) is { } odd)
        {
            throw new ArgumentException($"a row has {odd.Count} cells, the table {Columns.Count} columns");
        }
    }

    internal bool IsNumeric(int column) =>
        Rows.Count > 0 && Rows.All(row => row[column] is "" || char.IsAsciiDigit(row[column][0]) || row[column][0] is '-' or '+' or '±' or '.');
}
