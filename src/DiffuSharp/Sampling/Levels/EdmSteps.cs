using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;
using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Levels;

/// <summary>Uniform in σ^(1/ρ) (also called "karras").</summary>
[Recipe("edm", Source = "Karras et al. 2022, eq. 5")]
public sealed record EdmSteps : RangedTimeSteps
{
    /// <summary>Time step exponent; larger values shorten the steps near sigma_min.</summary>
    [Range(0, double.PositiveInfinity, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double Rho { get; init; } = 7;

    /// <inheritdoc/>
    protected override SigmaRange Usual => new(0.002, 80);

    /// <inheritdoc/>
    protected override NoiseLevels Between(SigmaRange range, int steps) => NoiseLevels.EDM(steps, range, Rho);
}
