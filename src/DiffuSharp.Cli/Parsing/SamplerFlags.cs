using System.CommandLine;
using DiffuSharp.Denoising;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Schedules;

namespace DiffuSharp.Cli.Parsing;

/// <summary>EDM's sampler flags and those of the other solvers, and the sampler that they ask for.</summary>
/// <param name="learned">Whether the verb takes the learned sampler beside the model where only its cost is asked for (<see cref="Ready"/>).</param>
internal sealed class SamplerFlags(bool learned = false)
{
    private readonly LevelFlags _levels = learned
        ? new(nfe: "Network evaluations per image, instead of --steps; alone, the learned sampler beside the model, if there is one.")
        : new();

    private readonly GeneralFlags _general = new();
    private readonly Option<double> _churn = Flag.Number("--S_churn", "Stochasticity strength.", 0);
    private readonly Option<double> _churnMin = Flag.Number("--S_min", "Lowest noise level with stochasticity.", 0);
    private readonly Option<double> _churnMax = Flag.Number("--S_max", "Highest noise level with stochasticity.", double.PositiveInfinity);
    private readonly Option<double> _churnNoise = Flag.Number("--S_noise", "Noise inflation.", 1);
    private readonly Option<string> _solver = Flag.Choice("--solver", "Solver.", "heun", [.. SolverCatalog.All.Select(solver => solver.Name)]);
    private readonly Option<string> _schedule = Flag.Choice("--schedule", "Noise schedule sigma(t).", "linear", "vp", "ve", "linear");
    private readonly Option<string> _scaling = Flag.Choice("--scaling", "Signal scaling s(t).", "none", "vp", "none");
    private readonly Option<double> _eta = Flag.Number("--eta", "Noise of ddim, 0 to 1.", 0);
    private readonly Option<string> _variant = Flag.Choice("--variant", "B(h) of unipc.", "bh2", "bh1", "bh2");
    private readonly Option<string> _polynomial = Flag.Choice("--polynomial", "Variable of deis's polynomial.", "time", "time", "sigma", "log_sigma");

    private readonly Option<bool> _lowerOrderFinal = new("--lower_order_final")
    {
        Description = "Lower order in the last steps of dpmpp, unipc and deis.", DefaultValueFactory = _ => true,
    };

    private readonly Option<bool> _corrector = new("--corrector")
    {
        Description = "Whether unipc corrects its states; without, its order is one lower.", DefaultValueFactory = _ => true,
    };

    private IReadOnlyList<Option> OfSolvers =>
        [_schedule, _scaling, .. _general.All, _churn, _churnMin, _churnMax, _churnNoise, _eta, _variant, _polynomial, _lowerOrderFinal, _corrector];

    private IReadOnlyList<Option> All => [_solver, .. _levels.All, .. OfSolvers];

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
        file is not null ? Create(run, file) : guided ? null : Learned(run, model);

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

        var solver = SolverCatalog.Find(run.Get(_solver)!);
        var steps = _levels.Steps(run, solver);
        var sampler = FromFlags(run, solver, steps, denoiser);
        _levels.CheckNfe(run, sampler.Tableau);
        return sampler;
    }

    private SamplerFile? Learned(Invocation run, string model) =>
        _levels.NfeAlone(run) is { } nfe && !run.Has(_solver) && !OfSolvers.Any(run.Has) ? Gallery.Find(model, nfe) : null;

    // As in EDM, only the time steps, schedule and scaling of earlier work, and the alpha family, need the general sampler.
    private SamplerFile FromFlags(Invocation run, Solver solver, int steps, IDenoiser? denoiser)
    {
        var churn = new Churn
        {
            S_churn = run.Get(_churn), S_min = run.Get(_churnMin), S_max = run.Get(_churnMax), S_noise = run.Get(_churnNoise),
        };
        if (!Enum.TryParse(solver.Name, ignoreCase: true, out OdeSolver edm) || !_levels.InGeneralSampler(run))
        {
            return FromCatalog(run, solver, steps, churn, denoiser);
        }

        Option[] ofGeneral = [_schedule, _scaling, .. _general.All];
        RequireRead(run, [.. solver.Options, .. ofGeneral.Select(option => option.Name.TrimStart('-'))], solver);
        Func<double, double>? round = denoiser is null ? null : denoiser.RoundSigma;
        var asked = _levels.General(run, steps, denoiser);
        if (_levels.HasDiscretization(run) || ofGeneral.Any(run.Has))
        {
            var named = Scaled(run, asked) with { Solver = edm, Churn = churn };
            var general = _general.Apply(run, named, _levels, denoiser);
            return new SamplerFile(GeneralSampler.Create(general, round), general.Describe());
        }

        var options = new EdmSamplerOptions
        {
            NumSteps = steps,
            Sigma = asked.Sigma ?? asked.DefaultRange(),
            Rho = asked.Rho,
            Solver = edm,
            Churn = churn,
        };
        return new SamplerFile(EdmSampler.Create(options, round), options.Describe());
    }

    private SamplerFile FromCatalog(Invocation run, Solver solver, int steps, Churn churn, IDenoiser? denoiser)
    {
        RequireRead(run, solver.Options, solver);
        var (levels, description) = _levels.Create(run, steps, denoiser);
        var options = new SolverOptions
        {
            Churn = churn,
            Eta = run.Get(_eta),
            Variant = Word<UniPCVariant>(run, _variant),
            Polynomial = run.Get(_polynomial) == "log_sigma" ? DeisVariable.LogSigma : Word<DeisVariable>(run, _polynomial),
            LowerOrderFinal = run.Get(_lowerOrderFinal),
            Corrector = run.Get(_corrector),
        };
        if (solver.Options.Contains("schedule"))
        {
            var scaled = Scaled(run, new GeneralSamplerOptions { Sigma = new SigmaRange(levels[levels.Steps - 1], levels[0]) });
            options = options with { Schedule = scaled.CreateSchedule(), Scaling = scaled.CreateScaling() };
        }

        var tableau = (_levels.StartsAtUnitVariance(run) ? solver.FromUnitVariance() : solver).Create(levels, options);
        return new SamplerFile(tableau, new SamplerMetadata(solver.Name, [.. description, .. options.Describe(solver.Options)], solver.Source));
    }

    private GeneralSamplerOptions Scaled(Invocation run, GeneralSamplerOptions options) =>
        options with { Schedule = Word<ScheduleKind>(run, _schedule), Scaling = Word<ScalingKind>(run, _scaling) };

    private void RequireRead(Invocation run, IReadOnlyList<string> read, Solver solver)
    {
        if (OfSolvers.FirstOrDefault(option => run.Has(option) && !read.Contains(option.Name.TrimStart('-'))) is { } unread)
        {
            throw new InvalidInputException($"{unread.Name}: {solver.Name} has no such option");
        }
    }

    private static T Word<T>(Invocation run, Option<string> option)
        where T : struct, Enum => Enum.Parse<T>(run.Get(option)!, ignoreCase: true);
}
