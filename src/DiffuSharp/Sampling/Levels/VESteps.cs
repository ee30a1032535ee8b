using DiffuSharp.Recipes;
using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Levels;

/// <summary>Geometric, on the range of the VE process.</summary>
[Recipe("ve", Source = "Karras et al. 2022, Table 1, column VE")]
public sealed record VESteps : RangedTimeSteps
{
    /// <inheritdoc/>
    protected override SigmaRange Usual => new(0.02, 100);

    /// <inheritdoc/>
    protected override NoiseLevels Between(SigmaRange range, int steps) => NoiseLevels.VE(steps, range);
}
