using System.CommandLine;
using DiffuSharp.Denoising;
using DiffuSharp.Recipes;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;

namespace DiffuSharp.Cli.Parsing;

/// <summary>EDM's sampler flags and those of the other solvers, and the sampler that they ask for.</summary>
/// <param name="learned">Whether the verb takes the learned sampler beside the model where only its cost is asked for (<see cref="Ready"/>).</param>
internal sealed class SamplerFlags(bool learned = false)
{
    // Below this cost Heun's second evaluation in a step does harm (docs/choosing-a-sampler.md).
    private const int FewNfe = 20;

    private const string OfFewNfe = "dpmpp-2m";

    private readonly LevelFlags _levels = learned
        ? new(nfe: "Network evaluations per image, instead of --steps; alone, the learned sampler beside the model, if there is one.")
        : new();

    private readonly GeneralFlags _general = new();
    private readonly RecipeFlags<Solver> _solver = new("--solver", "Solver:", "heun", "schedule", "scaling");
    private readonly Option<string> _schedule = Flag.Choice("--schedule", "Noise schedule sigma(t).", "linear", "vp", "ve", "linear");
    private readonly Option<string> _scaling = Flag.Choice("--scaling", "Signal scaling s(t).", "none", "vp", "none");
    private IReadOnlyList<Option> OfSolvers => [_schedule, _scaling, .. _general.All, .. _solver.Options];

    private IReadOnlyList<Option> All => [_solver.Spec, .. _levels.All, .. OfSolvers];

    public void AddTo(Command command) => command.AddAll(All);

    /// <summary>The first of the flags that the user gave; null for none.</summary>
    public Option? Given(Invocation run) => All.FirstOrDefault(run.Has);

    /// <summary>The sampler of a file, or the learned one that lies beside the model if only its cost is asked for; null where the flags say which.</summary>
    /// <param name="run">The values.</param>
    /// <param name="file">A sampler file, if one is named.</param>
    /// <param name="model">The model's file.</param>
    /// <param name="guided">Whether the model is guided; learned samplers were learned without.</param>
    /// <exception cref="InvalidInputException">A file and flags are given.</exception>
    /// <exception cref="InvalidDataException">A file is broken.</exception>
    public SamplerFile? Ready(Invocation run, string? file, string model, bool guided) =>
        file is not null ? Create(run, file) : Learned(run, model, guided);

    /// <summary>The sampler of a file, or the one that the flags describe.</summary>
    /// <param name="run">The values.</param>
    /// <param name="file">A sampler file; null for the flags.</param>
    /// <param name="denoiser">The model that it must suit; null for any.</param>
    /// <exception cref="InvalidInputException">Flags contradict each other or are out of range.</exception>
    /// <exception cref="InvalidDataException">The file is broken.</exception>
    public SamplerFile Create(Invocation run, string? file, IDenoiser? denoiser = null)
    {
        if (file is not null)
        {
            return Given(run) is { } flag
                ? throw new InvalidInputException($"{flag.Name} and {file}: the file says everything about the sampler; give one of the two")
                : SamplerFile.Load(file);
        }

        var solver = learned && NfeAlone(run) <= FewNfe ? RecipeText.Parse<Solver>(OfFewNfe) : _solver.Get(run, Scaling(run));
        var steps = _levels.Steps(run, solver);
        var sampler = FromFlags(run, solver, steps, denoiser);
        _levels.CheckNfe(run, sampler.Tableau);
        return sampler;
    }

    private SamplerFile? Learned(Invocation run, string model, bool guided)
    {
        if (NfeAlone(run) is not { } nfe)
        {
            return null;
        }

        var fitting = guided ? null : Gallery.Find(model, nfe);
        if (fitting is null && !run.Json)
        {
            var instead = nfe <= FewNfe ? OfFewNfe : run.Get(_solver.Spec);
            run.Errors.Profile.Out.Writer.WriteLine($"{Gallery.WhyNot(model, nfe, guided)}; {instead} is taken (--solver takes another)");
        }

        return fitting;
    }

    // Where the cost is all that is asked for.
    private int? NfeAlone(Invocation run) => run.Has(_solver.Spec) || OfSolvers.Any(run.Has) ? null : _levels.NfeAlone(run);

    // As in EDM, only the time steps, schedule and scaling of earlier work, and the alpha family, need the general sampler.
    private SamplerFile FromFlags(Invocation run, Solver solver, int steps, IDenoiser? denoiser)
    {
        Option[] ofGeneral = [_schedule, _scaling, .. _general.All];
        if (solver is not EdmSolver edm || !_levels.InGeneralSampler(run))
        {
            return FromLevels(run, solver, steps, denoiser, [.. solver is EulerMaruyama ? _general.All : ofGeneral]);
        }

        Func<double, double>? round = denoiser is null ? null : denoiser.RoundSigma;
        var asked = _levels.General(run, steps, denoiser);
        if (_levels.HasDiscretization(run) || ofGeneral.Any(run.Has))
        {
            var named = Scaled(run, asked) with { Solver = edm.Method, Churn = edm.Churn };
            var general = _general.Apply(run, named, _levels, denoiser);
            return new SamplerFile(GeneralSampler.Create(general, round), general.Describe());
        }

        var options = new EdmSamplerOptions
        {
            NumSteps = steps,
            Sigma = asked.Sigma ?? asked.DefaultRange(),
            Rho = asked.Rho,
            Solver = edm.Method,
            Churn = edm.Churn,
        };
        return new SamplerFile(EdmSampler.Create(options, round), options.Describe());
    }

    private SamplerFile FromLevels(Invocation run, Solver solver, int steps, IDenoiser? denoiser, Option[] unread)
    {
        if (Array.Find(unread, run.Has) is { } flag)
        {
            throw new InvalidInputException($"{flag.Name}: {solver.Describe().Solver} has no such option");
        }

        var (levels, description) = _levels.Create(run, steps, denoiser);
        Func<double, double> round = denoiser is null ? sigma => sigma : denoiser.RoundSigma;
        var tableau = _levels.StartsAtUnitVariance(run) ? solver.BuildFromUnitVariance(levels, round) : solver.Build(levels, round);
        return new SamplerFile(tableau, solver.Describe(description));
    }

    // Flags that the general sampler has too.
    private (string Name, string Value)[] Scaling(Invocation run) => _solver.TypeOf(run).ClrType != typeof(EulerMaruyama)
        ? []
        : [.. new[] { _schedule, _scaling }.Where(run.Has).Select(flag => (flag.Name.TrimStart('-'), run.Get(flag)!))];

    private GeneralSamplerOptions Scaled(Invocation run, GeneralSamplerOptions options) =>
        options with { Schedule = Word<ScheduleKind>(run, _schedule), Scaling = Word<ScalingKind>(run, _scaling) };

    private static T Word<T>(Invocation run, Option<string> option)
        where T : struct, Enum => Enum.Parse<T>(run.Get(option)!, ignoreCase: true);
}
