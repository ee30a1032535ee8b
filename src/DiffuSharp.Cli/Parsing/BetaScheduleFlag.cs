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
}
