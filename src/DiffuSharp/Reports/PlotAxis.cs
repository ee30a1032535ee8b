namespace DiffuSharp.Reports;

/// <summary>An axis of a chart.</summary>
/// <param name="Title">What it shows, with its unit.</param>
public sealed record PlotAxis(string Title)
{
    /// <summary>Whether the scale is logarithmic.</summary>
    public bool Log { get; init; }

    /// <summary>Lower end; null for that of the data.</summary>
    public double? Min { get; init; }

    /// <summary>Upper end; null for that of the data.</summary>
    public double? Max { get; init; }

    /// <summary>Whether 0 is always in view; for linear scales.</summary>
    public bool Zero { get; init; }

    /// <summary>Refuses what cannot be drawn.</summary>
    /// <exception cref="InvalidInputException">An end is not finite, both are in the wrong order or below 0 on a logarithmic scale.</exception>
    public void Validate()
    {
        if (Min is { } min && (!double.IsFinite(min) || (Log && min <= 0)))
        {
            throw new InvalidInputException($"axis '{Title}': {min} cannot be its lower end");
        }

        if (Max is { } max && (!double.IsFinite(max) || (Log && max <= 0) || max <= Min))
        {
            throw new InvalidInputException($"axis '{Title}': {max} cannot be its upper end");
        }
    }
}
