namespace DiffuSharp.Metrics.Resizing;

/// <summary>One output pixel of a linear resize: what it takes from two neighbours.</summary>
/// <param name="Lower">First source pixel.</param>
/// <param name="Upper">Second source pixel; the border's own where there is none.</param>
/// <param name="Fraction">Weight of the second, 0 to 1.</param>
internal readonly record struct ResizeRow(int Lower, int Upper, double Fraction)
{
    /// <summary>The neighbours of a position in source pixels; positions beyond the border stay on it.</summary>
    public static ResizeRow At(double position, int length)
    {
        var clamped = Math.Clamp(position, 0, length - 1);
        var lower = (int)Math.Floor(clamped);
        return new ResizeRow(lower, Math.Min(lower + 1, length - 1), clamped - lower);
    }
}
