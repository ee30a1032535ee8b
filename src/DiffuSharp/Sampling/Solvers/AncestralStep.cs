namespace DiffuSharp.Sampling.Solvers;

/// <summary>A step that goes further down than asked for and adds fresh noise up to the level wanted (Song et al. 2021, eq. 16).</summary>
internal static class AncestralStep
{
    /// <summary>σ_down and σ_up with σ_down² + σ_up² = σ'² and σ_up = η σ' √(1 − σ'²/σ²).</summary>
    /// <param name="sigma">σ, above σ'.</param>
    /// <param name="next">σ'.</param>
    /// <param name="eta">η in [0, 1].</param>
    public static (double Down, double Up) Split(double sigma, double next, double eta)
    {
        var up = eta * next * Math.Sqrt((sigma - next) * (sigma + next)) / sigma;
        return (Math.Sqrt((next - up) * (next + up)), up);
    }
}
