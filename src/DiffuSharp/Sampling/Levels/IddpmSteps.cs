using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;
using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Levels;

/// <summary>Among the levels of iDDPM's cosine schedule.</summary>
[Recipe("iddpm", Source = "Karras et al. 2022, Table 1, column iDDPM + DDIM")]
public sealed record IddpmSteps : RangedTimeSteps
{
    /// <summary>Smallest ratio of neighbouring signal levels.</summary>
    [RecipeOption(Name = "C_1")]
    [Range(0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double C_1 { get; init; } = IddpmLevels.UsualC1;

    /// <summary>Offset of the cosine.</summary>
    [RecipeOption(Name = "C_2")]
    [Range(0, double.PositiveInfinity, MaximumIsExclusive = true)]
    public double C_2 { get; init; } = IddpmLevels.UsualC2;

    /// <summary>Number of levels from which the steps are taken.</summary>
    [RecipeOption(Name = "M")]
    [Range(1, 1_000_000)]
    public int M { get; init; } = IddpmLevels.UsualM;

    /// <inheritdoc/>
    protected override SigmaRange Usual => new(0.002, 81);

    /// <inheritdoc/>
    protected override NoiseLevels Between(SigmaRange range, int steps) => NoiseLevels.IDDPM(steps, range, new IddpmLevels(M, C_1, C_2));
}
