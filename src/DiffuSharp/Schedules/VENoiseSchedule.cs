namespace DiffuSharp.Schedules;

/// <summary>σ(t) = √t, the variance exploding process (Karras et al. 2022, Table 1, column VE).</summary>
public sealed record VENoiseSchedule : NoiseSchedule
{
    /// <inheritdoc/>
    public override double Sigma(double t) => Math.Sqrt(t);

    /// <inheritdoc/>
    public override double SigmaDerivative(double t) => 0.5 / Math.Sqrt(t);

    /// <inheritdoc/>
    public override double Time(double sigma) => sigma * sigma;
}
