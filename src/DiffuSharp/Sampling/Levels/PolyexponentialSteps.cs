using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;
using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Levels;

/// <summary>Geometric at exponent 1 ("exponential"); denser near sigma_min above.</summary>
[Recipe("polyexponential", Source = "the family of that name of samplers for latent diffusion")]
public sealed record PolyexponentialSteps : RangedTimeSteps
{
    /// <summary>Time step exponent.</summary>
    [Range(0, double.PositiveInfinity, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double Rho { get; init; } = 1;

    /// <inheritdoc/>
    protected override SigmaRange Usual => new(0.002, 80);

    /// <inheritdoc/>
    protected override NoiseLevels Between(SigmaRange range, int steps) => NoiseLevels.Polyexponential(steps, range, Rho);
}
