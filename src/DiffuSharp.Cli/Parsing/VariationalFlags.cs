using System.CommandLine;
using DiffuSharp.Denoising;
using DiffuSharp.Likelihood;
using DiffuSharp.Schedules;

namespace DiffuSharp.Cli.Parsing;

/// <summary>The flags of <c>likelihood --protocol vlb</c>.</summary>
internal sealed class VariationalFlags
{
    private readonly Option<int> _timesteps = Flag.Integer(
        "--timesteps", "vlb: timesteps drawn for each image; 0 for all of them.", 64, 0, 1_000_000);

    private readonly BetaScheduleFlag _betas = new("vlb: the process [that of a ddpm model, else linear].");

    private readonly Option<int?> _steps = Flag.OptionalInteger("--diffusion-steps", "vlb: T [1000].", 2, 1_000_000);

    private readonly Option<string?> _variance = Flag.OptionalChoice(
        "--variance", "vlb: variance of the reverse process [fixed-small; that of a ddpm model].", "fixed-small", "fixed-large", "learned");

    private readonly Option<bool> _clip = new("--clip") { Description = "vlb: limit x0 to the range of the data.", DefaultValueFactory = _ => true };

    /// <summary>All flags in the order of the help.</summary>
    public IReadOnlyList<Option> All => [_timesteps, _betas.Option, _steps, _variance, _clip];

    /// <summary>What the flags ask for; a discrete model's own process where they say nothing.</summary>
    /// <exception cref="InvalidInputException">A number is out of range.</exception>
    public VariationalLikelihoodOptions Create(Invocation run, Preconditioning? model)
    {
        var own = model as DiscretePreconditioning;
        var (betas, steps) = (_betas.Get(run), run.Get(_steps));
        var defaults = new VariationalLikelihoodOptions();
        var schedule = betas is null && steps is null && own is not null ? own.Schedule : BetaScheduleFlag.Process(betas ?? BetaSchedule.Linear, steps ?? defaults.Schedule.T);
        return defaults with
        {
            Schedule = schedule,
            Variance = run.Get(_variance) is { } word
                ? Enum.Parse<ReverseVariance>(word.Replace("-", "", StringComparison.Ordinal), ignoreCase: true)
                : own?.Variance ?? defaults.Variance,
            Clip = run.Get(_clip),
            Draws = run.Get(_timesteps) is > 0 and var draws ? draws : null,
        };
    }
}
