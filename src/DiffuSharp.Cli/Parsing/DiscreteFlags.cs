using System.CommandLine;
using DiffuSharp.Denoising;
using DiffuSharp.Training.Losses;

namespace DiffuSharp.Cli.Parsing;

/// <summary>The flags of <c>train --precond ddpm</c>: process, prediction, variance and loss.</summary>
internal sealed class DiscreteFlags
{
    private readonly BetaScheduleFlag _betas = new("ddpm: how beta rises.");
    private readonly Option<int?> _steps = Flag.OptionalInteger("--diffusion-steps", "ddpm: T.", 2, 1_000_000);
    private readonly Option<string?> _prediction = Flag.OptionalChoice("--prediction", "ddpm: what the network predicts.", "epsilon", "x0", "v", "mu");

    private readonly Option<string?> _variance = Flag.OptionalChoice(
        "--variance", "ddpm: variance of the reverse process.", "fixed-small", "fixed-large", "learned");

    private readonly Option<string?> _objective = Flag.OptionalChoice("--objective", "ddpm: loss.", "simple", "vlb", "hybrid");

    /// <summary>All flags in the order of the help.</summary>
    public IEnumerable<Option> All => [_betas.Option, _steps, _prediction, _variance, _objective];

    /// <summary>Changes what the user asked for.</summary>
    /// <exception cref="InvalidInputException">A flag was given, but the model is not discrete.</exception>
    public Preconditioning Apply(Invocation run, Preconditioning start)
    {
        if (start is not DiscretePreconditioning discrete)
        {
            return All.FirstOrDefault(option => run.Has(option)) is { } given
                ? throw new InvalidInputException($"{given.Name} belongs to --precond ddpm")
                : start;
        }

        return discrete with
        {
            Betas = _betas.Get(run) ?? discrete.Betas,
            Steps = run.Get(_steps) ?? discrete.Steps,
            Prediction = Parse<DiscretePrediction>(run.Get(_prediction)) ?? discrete.Prediction,
            Variance = Parse<ReverseVariance>(run.Get(_variance)) ?? discrete.Variance,
        };
    }

    /// <summary>The loss that the user asked for; null for none.</summary>
    public DiscreteObjective? Objective(Invocation run) => Parse<DiscreteObjective>(run.Get(_objective));

    private static T? Parse<T>(string? word)
        where T : struct, Enum => word is null ? null : Enum.Parse<T>(word.Replace("-", "", StringComparison.Ordinal), ignoreCase: true);
}
