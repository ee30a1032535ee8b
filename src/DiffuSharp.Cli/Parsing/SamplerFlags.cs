using System.CommandLine;
using DiffuSharp.Pipelines;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;

namespace DiffuSharp.Cli.Parsing;

/// <summary>The flags of solvers and time steps, and the sampler that they ask for.</summary>
/// <param name="learned">Whether the verb takes the learned sampler beside the model where only its cost is asked for (<see cref="Ready"/>).</param>
internal sealed class SamplerFlags(bool learned = false)
{
    private const string Epsilon = "epsilon_s";

    private readonly LevelFlags _levels = learned
        ? new(nfe: "Network evaluations per image, instead of --steps; alone, the learned sampler beside the model, else a solver that is good at so many.")
        : new();

    private readonly RecipeFlags<Solver> _solver = new("--solver", "Solver:", "heun", Epsilon);

    private IReadOnlyList<Option> All => [_solver.Spec, .. _levels.All, .. _solver.Options];

    public void AddTo(Command command) => command.AddAll(All);

    /// <summary>The first of the flags that the user gave; null for none.</summary>
    public Option? Given(Invocation run) => All.FirstOrDefault(run.Has);

    /// <summary>
    /// Where only the cost is asked for, the learned sampler that lies beside the model, else a solver that is good at that cost; otherwise what
    /// <see cref="Create"/> makes.
    /// </summary>
    /// <param name="run">The values.</param>
    /// <param name="file">A sampler file, if one is named.</param>
    /// <param name="model">The model's file.</param>
    /// <param name="guided">Whether the model is guided; learned samplers were learned without.</param>
    /// <exception cref="InvalidInputException">A file and flags are given, flags contradict each other or are out of range.</exception>
    /// <exception cref="InvalidDataException">A file is broken.</exception>
    public Sampler Ready(Invocation run, string? file, string model, bool guided)
    {
        if (file is not null || _levels.NfeAlone(run) is not { } nfe || _solver.All.Any(run.Has))
        {
            return Create(run, file);
        }

        if (!guided && LearnedSamplers.Find(model, nfe) is { } fitting)
        {
            return fitting;
        }

        var instead = FewStepSolver.OfCost(nfe);
        if (!run.Json)
        {
            run.Remarks.Report($"{LearnedSamplers.WhyNot(model, nfe, guided)}; {instead.Build().Metadata.Solver} is taken (--solver takes another)");
        }

        return instead;
    }

    /// <summary>The sampler of a file, or the one that the flags describe.</summary>
    /// <param name="run">The values.</param>
    /// <param name="file">A sampler file; null for the flags.</param>
    /// <exception cref="InvalidInputException">Flags contradict each other or are out of range.</exception>
    /// <exception cref="InvalidDataException">The file is broken.</exception>
    public Sampler Create(Invocation run, string? file)
    {
        if (file is not null)
        {
            return Given(run) is { } flag
                ? throw new InvalidInputException($"{flag.Name} and {file}: the file says everything about the sampler; give one of the two")
                : Sampler.Load(file);
        }

        // ε_s belongs to the VP process, which time steps and schedule share.
        var sharesEpsilon = _levels.Given(run, Epsilon) is not null && _solver.TypeOf(run).Find(Epsilon) is not null
            && string.Equals(_solver.Given(run, "schedule"), "vp", StringComparison.OrdinalIgnoreCase);
        return sharesEpsilon
            ? _levels.Create(run, _solver.Get(run, (Epsilon, _levels.Given(run, Epsilon)!)), Epsilon)
            : _levels.Create(run, _solver.Get(run));
    }
}
