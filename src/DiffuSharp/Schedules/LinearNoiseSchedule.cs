namespace DiffuSharp.Schedules;

/// <summary>σ(t) = t: time is the noise level (Karras et al. 2022, Table 1, columns iDDPM and EDM).</summary>
public sealed record LinearNoiseSchedule : NoiseSchedule
{
    /// <inheritdoc/>
    public override double Sigma(double t) => t;

    /// <inheritdoc/>
    public override double SigmaDerivative(double t) => 1;

    /// <inheritdoc/>
    public override double Time(double sigma) => sigma;
}
