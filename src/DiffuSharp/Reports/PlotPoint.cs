namespace DiffuSharp.Reports;

/// <summary>A point of a series; a <see cref="Y"/> that is no finite number leaves a gap.</summary>
/// <param name="X">Finite; above 0 on a logarithmic axis.</param>
/// <param name="Y">Above 0 on a logarithmic axis.</param>
/// <param name="Low">Lower end of the error band; null for none.</param>
/// <param name="High">Upper end of the error band; null for none.</param>
public sealed record PlotPoint(double X, double Y, double? Low = null, double? High = null)
{
    /// <summary>A point with a symmetric error, such as one standard error.</summary>
    /// <param name="x">As <see cref="X"/>.</param>
    /// <param name="y">As <see cref="Y"/>.</param>
    /// <param name="error">Half of the band's height.</param>
    public static PlotPoint WithError(double x, double y, double error) => new(x, y, y - error, y + error);

    internal bool IsDrawn => double.IsFinite(Y);

    internal bool HasBand => IsDrawn && Low is { } low && double.IsFinite(low) && High is { } high && double.IsFinite(high);
}
