using System.CommandLine;
using System.Globalization;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Levels;
using DiffuSharp.Sampling.Solvers;

namespace DiffuSharp.Cli.Parsing;

/// <summary>The flags that say how many noise levels a run visits, and which.</summary>
/// <param name="steps">Steps where none are asked for.</param>
/// <param name="nfe">What the help says of --nfe.</param>
internal sealed class LevelFlags(int steps = 18, string nfe = "Network evaluations per image, instead of --steps.")
{
    private readonly Option<int> _steps = Flag.Integer("--steps", "Steps (intervals); with Heun each but the last costs 2 NFE.", steps, 1, 100_000);
    private readonly Option<int?> _nfe = Flag.OptionalInteger("--nfe", nfe, 1, 200_000);
    private readonly RecipeFlags<TimeSteps> _timeSteps = new("--disc", "Time steps:", "edm", "sigmas");

    private readonly Option<string?> _sigmas = new("--sigmas")
    {
        Description = "Noise levels from high to low, 80,20,5,1,0.2,0, instead of all other time step flags.", HelpName = "LIST",
    };

    public IReadOnlyList<Option> All => [_steps, _nfe, _sigmas, .. _timeSteps.All];

    /// <summary>The number of network evaluations where they alone are asked for; null where other flags say more.</summary>
    public int? NfeAlone(Invocation run) => All.Any(option => option != _nfe && run.Has(option)) ? null : run.Get(_nfe);

    /// <summary>What a flag of the time steps that a solver may share says; null where it is not given.</summary>
    public string? Given(Invocation run, string option) => _timeSteps.Given(run, option);

    /// <summary>The sampler of a solver on the time steps that are asked for.</summary>
    /// <param name="run">The values.</param>
    /// <param name="solver">The solver.</param>
    /// <param name="shared">Options that the solver has taken from the flags of the time steps.</param>
    /// <exception cref="InvalidInputException">Flags contradict each other or are out of range, or the solver cannot cost what is asked for.</exception>
    public Sampler Create(Invocation run, Solver solver, params IReadOnlyList<string> shared)
    {
        if (run.Get(_sigmas) is { } list)
        {
            return All.FirstOrDefault(option => option != _sigmas && run.Has(option)) is { } other
                ? throw new InvalidInputException($"{other.Name} and --sigmas: the list says everything about the time steps; give one of the two")
                : new Sampler(solver, steps, new ListedSteps { Sigmas = Parse(list) });
        }

        if (run.Has(_nfe) && run.Has(_steps))
        {
            throw new InvalidInputException("--nfe: give --steps, --nfe or --sigmas, one of the three");
        }

        var timeSteps = _timeSteps.Get(run, shared);
        return run.Get(_nfe) is { } cost ? WithCost(solver, cost, timeSteps) : new Sampler(solver, run.Get(_steps), timeSteps);
    }

    /// <summary>Checks that a sampler costs what --nfe asks for.</summary>
    /// <exception cref="InvalidInputException">It does not.</exception>
    public void CheckNfe(Invocation run, SamplerTableau tableau, string name)
    {
        if (run.Get(_nfe) is { } cost && cost != tableau.Nfe)
        {
            throw new InvalidInputException($"--nfe {cost}: {name} cannot use exactly {cost} evaluations; it would use {tableau.Nfe}");
        }
    }

    private static Sampler WithCost(Solver solver, int cost, TimeSteps timeSteps)
    {
        try
        {
            return Sampler.OfCost(solver, cost, timeSteps);
        }
        catch (InvalidInputException error) when (error.Message.StartsWith("nfe", StringComparison.Ordinal))
        {
            throw new InvalidInputException($"--{error.Message}");
        }
    }

    private static double[] Parse(string list) => [.. list.Split(',', StringSplitOptions.TrimEntries).Select(text =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var sigma)
            ? sigma
            : throw new InvalidInputException($"--sigmas: '{text}' is not a number; write them as 80,20,5,1,0.2,0"))];
}
