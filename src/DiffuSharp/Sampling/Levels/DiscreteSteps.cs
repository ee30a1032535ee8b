using DiffuSharp.Denoising;
using DiffuSharp.Recipes;
using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Levels;

/// <summary>Timesteps of a discrete process: the model's own, or one of a kind.</summary>
[Recipe("discrete", Source = "Ho et al. 2020; strides of Song et al. 2021 (DDIM)")]
public sealed record DiscreteSteps : TimeSteps
{
    /// <summary>Which timesteps.</summary>
    public TimestepStride Stride { get; init; } = TimestepStride.Leading;

    /// <summary>The process; by default that of the model, else linear.</summary>
    public BetaSchedule? BetaSchedule { get; init; }

    /// <inheritdoc/>
    public override bool StartsAtUnitVariance => true;

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, string>> Describe(int steps, IDenoiser? model)
    {
        var process = BetaSchedule is null && model?.Process is not null ? "model" : RecipeValue.Write(BetaSchedule ?? Schedules.BetaSchedule.Linear);
        return [new("steps", $"{steps}"), new("disc", Type.Name), new("stride", RecipeValue.Write(Stride)), new("beta_schedule", process)];
    }

    /// <inheritdoc/>
    protected override NoiseLevels Exact(int steps, IDenoiser? model) =>
        DiscreteLevels.Create(DiscreteNoiseSchedule.For(BetaSchedule, model?.Process), Stride, steps);
}
