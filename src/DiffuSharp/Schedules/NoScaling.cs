namespace DiffuSharp.Schedules;

/// <summary>s(t) = 1.</summary>
public sealed record NoScaling : Scaling
{
    /// <inheritdoc/>
    public override double S(double t) => 1;

    /// <inheritdoc/>
    public override double SDerivative(double t) => 0;
}
