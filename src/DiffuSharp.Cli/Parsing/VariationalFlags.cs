using System.CommandLine;
using DiffuSharp.Denoising;
using DiffuSharp.Likelihood;
using DiffuSharp.Networks;

namespace DiffuSharp.Cli.Parsing;

/// <summary>The flags of <c>likelihood --protocol vlb</c>.</summary>
internal sealed class VariationalFlags
{
    private readonly Option<int> _timesteps = Flag.Integer(
        "--timesteps", "vlb: timesteps drawn for each image; 0 for all of them.", 64, 0, 1_000_000);

    private readonly ProcessFlags _process = new("vlb: ");

    private readonly Option<string> _decoder = Flag.Choice(
        "--decoder", "vlb: distribution function of the decoder; tanh is the approximation of DDPM's released code.", "erf", "erf", "tanh");

    /// <summary>All flags in the order of the help.</summary>
    public IReadOnlyList<Option> All => [_timesteps, .. _process.All, _decoder];

    /// <summary>What a user must know of the process who did not name it; null where the flags or the model say which it is.</summary>
    public string? Assumption(Invocation run, IDenoiser model) => _process.IsAssumed(run, model)
        ? "the model has no discrete process of its own: the bound is that of linear betas; --beta_schedule and --diffusion-steps take another"
        : null;

    /// <summary>What the flags ask for; the model's own process where they say nothing.</summary>
    /// <exception cref="InvalidInputException">A number is out of range.</exception>
    public VariationalLikelihoodOptions Create(Invocation run, DenoiserFile model) => new()
    {
        Schedule = _process.Schedule(run, model.Denoiser),
        Variance = _process.Variance(run, model.Model?.Description.Preconditioning),
        Clip = _process.Clip(run),
        Cdf = Enum.Parse<NormalCdf>(run.Get(_decoder)!, ignoreCase: true),
        Draws = run.Get(_timesteps) is > 0 and var draws ? draws : null,
    };
}
