using System.CommandLine;
using DiffuSharp.Schedules;

namespace DiffuSharp.Cli.Parsing;

/// <summary>How β rises in a discrete process: the same flag in all verbs.</summary>
internal sealed class BetaScheduleFlag(string description)
{
    /// <summary>The flag.</summary>
    public Option<string?> Option { get; } = Flag.OptionalChoice("--beta_schedule", description, "linear", "scaled_linear", "cosine");

    /// <summary>What the flag asks for; null where it is not given.</summary>
    public BetaSchedule? Get(Invocation run) => run.Get(Option) switch
    {
        null => null,
        "linear" => BetaSchedule.Linear,
        "scaled_linear" => BetaSchedule.ScaledLinear,
        _ => BetaSchedule.Cosine,
    };

    /// <summary>The process that the flag asks for, with as many steps as that of the model; that of the model, else the linear one, where it is not given.</summary>
    /// <param name="run">The values.</param>
    /// <param name="model">The process of the model; null if it has none.</param>
    public DiscreteNoiseSchedule Process(Invocation run, DiscreteNoiseSchedule? model) => (Get(run), model) switch
    {
        (null, { } own) => own,
        (var betas, _) => Process(betas ?? BetaSchedule.Linear, model?.T ?? DiscreteNoiseSchedule.UsualSteps),
    };

    /// <summary>A process with its usual β_1 and β_T.</summary>
    /// <param name="betas">How β rises.</param>
    /// <param name="steps">T.</param>
    public static DiscreteNoiseSchedule Process(BetaSchedule betas, int steps) => betas switch
    {
        BetaSchedule.Linear => DiscreteNoiseSchedule.Linear(steps),
        BetaSchedule.ScaledLinear => DiscreteNoiseSchedule.ScaledLinear(steps),
        _ => DiscreteNoiseSchedule.Cosine(steps),
    };
}
