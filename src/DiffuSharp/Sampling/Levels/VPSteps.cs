using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;
using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Levels;

/// <summary>Uniform in the time of the VP process.</summary>
[Recipe("vp", Source = "Karras et al. 2022, Table 1, column VP")]
public sealed record VPSteps : RangedTimeSteps
{
    /// <summary>Time at which VP reaches sigma_min.</summary>
    [Range(0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double EpsilonS { get; init; } = VPNoiseSchedule.UsualEpsilon;

    /// <inheritdoc/>
    protected override SigmaRange Usual
    {
        get
        {
            var vp = new VPNoiseSchedule();
            return new(vp.Sigma(EpsilonS), vp.Sigma(1));
        }
    }

    /// <inheritdoc/>
    protected override NoiseLevels Between(SigmaRange range, int steps) => NoiseLevels.VP(steps, range, EpsilonS);
}
