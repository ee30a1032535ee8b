namespace DiffuSharp.Tuning.Families;

/// <summary>The inverse of the sigmoid, for initial values.</summary>
internal static class SigmoidLogits
{
    /// <summary>ln(p/(1 − p)) with p limited to [<paramref name="floor"/>, 1 − floor], where the sigmoid still learns.</summary>
    public static double Of(double p, double floor)
    {
        var inside = Math.Clamp(p, floor, 1 - floor);
        return Math.Log(inside / (1 - inside));
    }
}
