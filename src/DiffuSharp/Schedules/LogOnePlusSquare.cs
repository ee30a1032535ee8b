namespace DiffuSharp.Schedules;

/// <summary>ln(1 + σ²), which is −ln ᾱ of a variance preserving process at noise level σ.</summary>
internal static class LogOnePlusSquare
{
    /// <summary>ln(1 + σ²), accurate for small σ too.</summary>
    public static double Of(double sigma)
    {
        var square = sigma * sigma;
        return square < 0.5 ? 2 * Math.Atanh(square / (2 + square)) : Math.Log(1 + square);
    }
}
