using System.CommandLine;
using System.Globalization;
using DiffuSharp.Denoising;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Schedules;

namespace DiffuSharp.Cli.Parsing;

/// <summary>The flags that say which noise levels a run visits.</summary>
/// <param name="steps">Steps where none are asked for.</param>
/// <param name="nfe">What the help says of --nfe.</param>
internal sealed class LevelFlags(int steps = 18, string nfe = "Network evaluations per image, instead of --steps.")
{
    private readonly Option<int> _steps = Flag.Integer("--steps", "Steps (intervals); with Heun each but the last costs 2 NFE.", steps, 1, 100_000);
    private readonly Option<int?> _nfe = Flag.OptionalInteger("--nfe", nfe, 1, 200_000);
    private readonly Option<double?> _sigmaMin = Flag.OptionalNumber("--sigma_min", "Lowest noise level [0.002 for edm].");
    private readonly Option<double?> _sigmaMax = Flag.OptionalNumber("--sigma_max", "Highest noise level [80 for edm].");
    private readonly Option<double?> _rho = Flag.OptionalNumber("--rho", "Time step exponent [7; 1 for polyexponential].");

    private readonly Option<string> _disc = Flag.Choice(
        "--disc", "Time steps.", "edm", "vp", "ve", "iddpm", "edm", "polyexponential", "discrete");

    private readonly Option<string> _stride = Flag.Choice(
        "--stride", "Timesteps of --disc discrete.", "leading", [.. Enum.GetNames<TimestepStride>().Select(name => name.ToLowerInvariant())]);

    private readonly BetaScheduleFlag _betas = new("Process of --disc discrete [that of the model, else linear].");

    private readonly Option<string?> _sigmas = new("--sigmas")
    {
        Description = "Noise levels from high to low, 80,20,5,1,0.2,0, instead of all other time step flags.", HelpName = "LIST",
    };

    public IReadOnlyList<Option> All => [_steps, _nfe, _sigmas, _sigmaMin, _sigmaMax, _rho, _disc, _stride, _betas.Option];

    /// <summary>Whether the time steps are those of Table 1 of Karras et al. 2022, with which the general sampler can run.</summary>
    public bool InGeneralSampler(Invocation run) => !run.Has(_sigmas) && Enum.TryParse(run.Get(_disc), ignoreCase: true, out Discretization _);

    /// <summary>The number of network evaluations where they alone are asked for; null where other flags say more.</summary>
    public int? NfeAlone(Invocation run) => All.Any(option => option != _nfe && run.Has(option)) ? null : run.Get(_nfe);

    public bool HasDiscretization(Invocation run) => run.Has(_disc);

    /// <summary>The number of steps, by --steps or --nfe.</summary>
    /// <exception cref="InvalidInputException">Both are given.</exception>
    public int Steps(Invocation run, Solver solver)
    {
        if (run.Get(_nfe) is not { } nfe)
        {
            return run.Get(_steps);
        }

        return run.Has(_steps) || run.Has(_sigmas)
            ? throw new InvalidInputException("--nfe: give --steps, --nfe or --sigmas, one of the three")
            : Math.Max(1, solver.StepsFor(nfe));
    }

    /// <summary>Checks that the sampler costs what --nfe asks for.</summary>
    /// <param name="run">The values.</param>
    /// <param name="tableau">The sampler.</param>
    /// <param name="name">What the message calls it.</param>
    /// <exception cref="InvalidInputException">It does not.</exception>
    public void CheckNfe(Invocation run, SamplerTableau tableau, string name = "this solver")
    {
        if (run.Get(_nfe) is { } nfe && nfe != tableau.Nfe)
        {
            throw new InvalidInputException($"--nfe {nfe}: {name} cannot use exactly {nfe} evaluations; it would use {tableau.Nfe}");
        }
    }

    /// <summary>The options of the general sampler that say where the levels lie.</summary>
    /// <exception cref="InvalidInputException">A flag is out of range, or belongs to other time steps.</exception>
    public GeneralSamplerOptions General(Invocation run, int steps, IDenoiser? denoiser)
    {
        RequireRead(run);
        var general = new GeneralSamplerOptions { NumSteps = steps, Discretization = Enum.Parse<Discretization>(run.Get(_disc)!, ignoreCase: true) };
        return general with { Rho = run.Get(_rho) ?? general.Rho, Sigma = Range(run, general.DefaultRange(), denoiser) };
    }

    /// <summary>The levels, and how a sampler file describes them.</summary>
    /// <exception cref="InvalidInputException">A flag is out of range, or belongs to other time steps.</exception>
    public (NoiseLevels Levels, IReadOnlyList<KeyValuePair<string, string>> Description) Create(Invocation run, int steps, IDenoiser? denoiser)
    {
        var (levels, description) = Exact(run, steps, denoiser);
        return (denoiser is null ? levels : levels.Rounded(denoiser.RoundSigma), description);
    }

    /// <summary>Whether the levels are those of a discrete process, whose state starts at N(0, I) in VP coordinates.</summary>
    public bool StartsAtUnitVariance(Invocation run) => !run.Has(_sigmas) && run.Get(_disc) == "discrete";

    /// <summary>The part of the usual range, or of the one asked for, that the model knows.</summary>
    /// <exception cref="InvalidInputException">The range is empty.</exception>
    public SigmaRange Range(Invocation run, SigmaRange usual, IDenoiser? denoiser)
    {
        var wanted = new SigmaRange(run.Get(_sigmaMin) ?? usual.Min, run.Get(_sigmaMax) ?? usual.Max);
        return denoiser is null ? wanted : wanted.Intersect(denoiser.SigmaMin, denoiser.SigmaMax);
    }

    private (NoiseLevels Levels, IReadOnlyList<KeyValuePair<string, string>> Description) Exact(Invocation run, int steps, IDenoiser? denoiser)
    {
        if (run.Get(_sigmas) is { } list)
        {
            var other = All.FirstOrDefault(option => option != _sigmas && run.Has(option));
            return other is null
                ? (Parse(list), [KeyValuePair.Create("sigmas", list)])
                : throw new InvalidInputException($"{other.Name} and --sigmas: the list says everything about the time steps; give one of the two");
        }

        RequireRead(run);
        var disc = run.Get(_disc)!;
        var first = KeyValuePair.Create("steps", $"{steps}");
        if (disc == "discrete")
        {
            var own = denoiser?.Process;
            var schedule = _betas.Process(run, own);
            var betas = run.Get(_betas.Option) ?? (own is null ? "linear" : "model");
            var stride = run.Get(_stride)!;
            var levels = DiscreteLevels.Create(schedule, Enum.Parse<TimestepStride>(stride, ignoreCase: true), steps);
            return (levels, [first, new("disc", disc), new("stride", stride), new("beta_schedule", betas)]);
        }

        var general = disc == "polyexponential" ? null : General(run, steps, denoiser);
        var range = general?.Sigma ?? Range(run, new EdmSamplerOptions().Sigma, denoiser);
        var rho = general?.Rho ?? run.Get(_rho) ?? 1;
        return (
            general?.CreateLevels() ?? NoiseLevels.Polyexponential(steps, range, rho),
            [first, new("sigma_min", $"{range.Min:R}"), new("sigma_max", $"{range.Max:R}"), new("rho", $"{rho:R}"), new("disc", disc)]);
    }

    private void RequireRead(Invocation run)
    {
        var disc = run.Get(_disc)!;
        run.RequireRead(disc == "discrete", "--disc discrete", _stride, _betas.Option);
        run.RequireRead(disc != "discrete", "the other --disc; discrete has the levels of its process", _sigmaMin, _sigmaMax);
        run.RequireRead(disc is "edm" or "polyexponential", "--disc edm or polyexponential", _rho);
    }

    private static NoiseLevels Parse(string list)
    {
        var sigmas = new List<double>();
        foreach (var text in list.Split(',', StringSplitOptions.TrimEntries))
        {
            sigmas.Add(double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var sigma)
                ? sigma
                : throw new InvalidInputException($"--sigmas: '{text}' is not a number; write them as 80,20,5,1,0.2,0"));
        }

        return new NoiseLevels(sigmas);
    }
}
