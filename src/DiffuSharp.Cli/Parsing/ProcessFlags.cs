using System.CommandLine;
using DiffuSharp.Denoising;
using DiffuSharp.Schedules;

namespace DiffuSharp.Cli.Parsing;

/// <summary>The flags of a discrete process and of the chain that reverses it.</summary>
/// <param name="owner">What the descriptions start with, where the verb has other flags too.</param>
internal sealed class ProcessFlags(string owner = "")
{
    private readonly BetaScheduleFlag _betas = new($"{owner}the process [that of the model, else linear].");

    private readonly Option<int?> _steps = Flag.OptionalInteger(
        "--diffusion-steps", $"{owner}T [{DiscreteNoiseSchedule.UsualSteps}; of the model's own process, its own].", 2, 1_000_000);

    private readonly Option<string?> _variance = Flag.OptionalChoice(
        "--variance", $"{owner}variance of the reverse process [fixed-small; that of a ddpm model].", "fixed-small", "fixed-large", "learned");

    private readonly Option<bool> _clip = new("--clip") { Description = $"{owner}limit x0 to the range of the data.", DefaultValueFactory = _ => true };

    /// <summary>All flags in the order of the help.</summary>
    public IReadOnlyList<Option> All => [_betas.Option, _steps, _variance, _clip];

    /// <summary>Whether x̂_0 is limited to [-1, 1].</summary>
    public bool Clip(Invocation run) => run.Get(_clip);

    /// <summary>Whether neither the flags nor the model say which process it is.</summary>
    public bool IsAssumed(Invocation run, IDenoiser model) => model.Process is null && !run.Has(_betas.Option) && !run.Has(_steps);

    /// <summary>The process that the flags ask for; the model's own where they say nothing, and the linear one where it has none.</summary>
    /// <exception cref="InvalidInputException">A number is out of range.</exception>
    public DiscreteNoiseSchedule Schedule(Invocation run, IDenoiser model) =>
        DiscreteNoiseSchedule.For(_betas.Get(run), run.Get(_steps) is null && !run.Has(_betas.Option) ? model.Process : null, run.Get(_steps));

    /// <summary>The variance that the flags ask for; a discrete model's own where they say nothing.</summary>
    public ReverseVariance Variance(Invocation run, Preconditioning? model) => run.Get(_variance) is { } word
        ? Enum.Parse<ReverseVariance>(word.Replace("-", "", StringComparison.Ordinal), ignoreCase: true)
        : (model as DiscretePreconditioning)?.Variance ?? ReverseVariance.FixedSmall;
}
