namespace DiffuSharp.Schedules;

/// <summary>s(t) = 1/√(1 + σ(t)²): unit variance for data of unit variance (Karras et al. 2022, Table 1, column VP).</summary>
/// <param name="Noise">σ(t).</param>
public sealed record VPScaling(NoiseSchedule Noise) : Scaling
{
    /// <inheritdoc/>
    public override double S(double t)
    {
        var sigma = Noise.Sigma(t);
        return 1 / Math.Sqrt(1 + sigma * sigma);
    }

    /// <inheritdoc/>
    public override double SDerivative(double t)
    {
        var s = S(t);
        return -Noise.Sigma(t) * Noise.SigmaDerivative(t) * s * s * s;
    }
}
