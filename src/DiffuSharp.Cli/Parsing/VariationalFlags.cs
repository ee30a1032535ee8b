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

    private readonly Option<string?> _betas = Flag.OptionalChoice(
        "--beta-schedule", "vlb: the process [linear; that of a ddpm model].", "linear", "scaled-linear", "cosine");

    private readonly Option<int?> _steps = Flag.OptionalInteger("--diffusion-steps", "vlb: T [1000].", 2, 1_000_000);

    private readonly Option<string?> _variance = Flag.OptionalChoice(
        "--variance", "vlb: variance of the reverse process [fixed-small; that of a ddpm model].", "fixed-small", "fixed-large", "learned");

    private readonly Option<bool> _clip = new("--clip") { Description = "vlb: limit x0 to the range of the data.", DefaultValueFactory = _ => true };

    private readonly Option<string> _decoder = Flag.Choice(
        "--decoder", "vlb: distribution function of the decoder; tanh is the approximation of DDPM's released code.", "erf", "erf", "tanh");

    /// <summary>All flags in the order of the help.</summary>
    public IReadOnlyList<Option> All => [_timesteps, _betas, _steps, _variance, _clip, _decoder];

    /// <summary>What the flags ask for; a discrete model's own process where they say nothing.</summary>
    /// <exception cref="InvalidInputException">A number is out of range.</exception>
    public VariationalLikelihoodOptions Create(Invocation run, Preconditioning? model)
    {
        var own = model as DiscretePreconditioning;
        var (betas, steps) = (run.Get(_betas), run.Get(_steps));
        var defaults = new VariationalLikelihoodOptions();
        var schedule = betas is null && steps is null && own is not null ? own.Schedule : Process(betas, steps ?? defaults.Schedule.T);
        return defaults with
        {
            Schedule = schedule,
            Variance = run.Get(_variance) is { } word
                ? Enum.Parse<ReverseVariance>(word.Replace("-", "", StringComparison.Ordinal), ignoreCase: true)
                : own?.Variance ?? defaults.Variance,
            Clip = run.Get(_clip),
            Cdf = Enum.Parse<NormalCdf>(run.Get(_decoder)!, ignoreCase: true),
            Draws = run.Get(_timesteps) is > 0 and var draws ? draws : null,
        };
    }

    private static DiscreteNoiseSchedule Process(string? betas, int steps) => betas switch
    {
        "scaled-linear" => DiscreteNoiseSchedule.ScaledLinear(steps),
        "cosine" => DiscreteNoiseSchedule.Cosine(steps),
        _ => DiscreteNoiseSchedule.Linear(steps),
    };
}
