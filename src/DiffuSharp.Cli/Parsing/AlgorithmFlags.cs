using System.CommandLine;
using DiffuSharp.Cli.Commands;
using DiffuSharp.Sampling;
using DiffuSharp.Search;
using DiffuSharp.Search.Algorithms;

namespace DiffuSharp.Cli.Parsing;

/// <summary>The options of the search algorithms; each algorithm refuses those that it does not read.</summary>
internal sealed class AlgorithmFlags
{
    private readonly Option<int?> _candidates = Whole("--candidates", "Candidates in each iteration of zero-order and eps-greedy [4].");
    private readonly Option<double?> _lambda = Flag.OptionalNumber("--lambda", "Cosine of a neighbour in zero-order [0.95]; strength of the tilt in fk [2].");
    private readonly Option<bool> _priorOnly = new("--prior-only") { Description = "Search the prior noise and leave that of the steps alone." };
    private readonly Option<int?> _survivors = Whole("--survivors", "Paths that survive a round of paths [2].");
    private readonly Option<int?> _children = Whole("--children", "Jumps from each path of paths [2]; children of each step in svdd [4].");
    private readonly Option<double?> _start = Flag.OptionalNumber("--path-start", "Level from which paths jump first [0.11].");
    private readonly Option<double?> _forward = Flag.OptionalNumber("--path-forward", "Length of a jump forward [0.78].");
    private readonly Option<double?> _backward = Flag.OptionalNumber("--path-backward", "Length of a run backward [0.81].");

    private readonly Option<string?> _coordinate = Flag.OptionalChoice(
        "--path-coordinate", "Variable of the three: time of the linear interpolant, or sigma [interpolant].", "interpolant", "sigma");

    private readonly Option<int?> _particles = Whole("--particles", "Particles of fk [4].");
    private readonly Option<string?> _potential = Flag.OptionalChoice("--potential", "How fk turns scores into weights [diff].", "diff", "max", "sum");
    private readonly Option<int?> _every = Whole("--every", "fk scores every so many rows [1].");
    private readonly Option<double?> _ess = Flag.OptionalNumber("--ess", "fk resamples below this part of effective particles [0.5].");
    private readonly Option<bool> _weighted = new("--weighted") { Description = "fk takes a particle by its weight, not the best." };
    private readonly Option<double?> _temperature = Flag.OptionalNumber("--temperature", "Temperature of the choice in svdd [0, the best].");

    private readonly Option<int?> _iterations = Whole("--iterations", "Iterations at each noisy row of eps-greedy [20]; of first-order [as many as the budget allows].");
    private readonly Option<double?> _radius = Flag.OptionalNumber("--radius", "Radius of eps-greedy, in units of the norm of noise [0.15].");
    private readonly Option<double?> _epsilon = Flag.OptionalNumber("--epsilon", "Part of fresh candidates in eps-greedy [0.4].");
    private readonly Option<int?> _population = Whole("--population", "Members of the population of evolutionary [8].");
    private readonly Option<int?> _tournament = Whole("--tournament", "Members that fight for being a parent in evolutionary [3].");
    private readonly Option<double?> _mutation = Flag.OptionalNumber("--mutation", "Strength of a mutation in evolutionary [0.4].");
    private readonly Option<double?> _rate = Flag.OptionalNumber("--lr", "Learning rate of first-order [5].");
    private readonly Option<double?> _momentum = Flag.OptionalNumber("--momentum", "Momentum of first-order [0.9].");
    private readonly Option<double?> _clip = Flag.OptionalNumber("--clip", "Largest norm of a gradient in first-order [0.1].");
    private readonly Option<double?> _norm = Flag.OptionalNumber("--norm-weight", "Weight of the norm's regulariser in first-order [0.01].");
    private readonly Option<int?> _previewNfe = Flag.OptionalInteger("--preview-nfe", "Preview of adaptive: so many evaluations, by the learned sampler beside the model or else iPNDM [5].", 2, 100_000);
    private readonly Option<string?> _previewSampler = new("--preview-sampler") { Description = "Preview of adaptive: this sampler.", HelpName = "FILE.sampler.json" };
    private readonly Option<int?> _previews = Whole("--previews", "Previews before each full generation of adaptive [12].");

    public static IReadOnlyList<string> Names { get; } =
        ["random", "zero-order", "paths", "fk", "svdd", "eps-greedy", "evolutionary", "first-order", "adaptive"];

    private IReadOnlyList<Option> All =>
    [
        _candidates, _lambda, _priorOnly, _survivors, _children, _start, _forward, _backward, _coordinate, _particles, _potential, _every, _ess, _weighted,
        _temperature, _iterations, _radius, _epsilon, _population, _tournament, _mutation, _rate, _momentum, _clip, _norm, _previewNfe, _previewSampler, _previews,
    ];

    public void AddTo(Command command) => command.AddAll(All);

    /// <summary>The algorithm of a name with the options that the user gave.</summary>
    /// <param name="run">The values.</param>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="setup">What is searched.</param>
    /// <exception cref="InvalidInputException">It does not read one of them, or there is no such algorithm.</exception>
    public ISearchAlgorithm Create(Invocation run, string name, SearchSetup setup) => Create(run, [name], setup)[0];

    /// <summary>Several algorithms; each option must be read by one of them at least.</summary>
    public IReadOnlyList<ISearchAlgorithm> Create(Invocation run, IReadOnlyList<string> names, SearchSetup setup)
    {
        ISearchAlgorithm[] algorithms = [.. names.Select(name => Of(run, name, setup))];
        var read = algorithms.SelectMany(a => a.Options).Select(option => $"--{option.Key}").ToHashSet();
        return All.FirstOrDefault(option => run.Has(option) && !read.Contains(option.Name)) is { } unread
            ? throw new InvalidInputException($"{unread.Name}: {string.Join(", ", names)} has no such option")
            : algorithms;
    }

    private ISearchAlgorithm Of(Invocation run, string name, SearchSetup setup) => name switch
    {
        "random" => new RandomSearch(),
        "zero-order" => new ZeroOrderSearch
        {
            Candidates = run.Get(_candidates) ?? 4, Cosine = run.Get(_lambda) ?? 0.95, PriorOnly = run.Get(_priorOnly),
        },
        "paths" => new PathSearch
        {
            Survivors = run.Get(_survivors) ?? 2,
            Children = run.Get(_children) ?? 2,
            Start = run.Get(_start) ?? 0.11,
            Forward = run.Get(_forward) ?? 0.78,
            Backward = run.Get(_backward) ?? 0.81,
            Coordinate = run.Get(_coordinate) == "sigma" ? PathCoordinate.Sigma : PathCoordinate.Interpolant,
        },
        "fk" => new FkSteering
        {
            Particles = run.Get(_particles) ?? 4,
            Lambda = run.Get(_lambda) ?? 2,
            Potential = Enum.Parse<Potential>(run.Get(_potential) ?? "diff", ignoreCase: true),
            Every = run.Get(_every) ?? 1,
            EssThreshold = run.Get(_ess) ?? 0.5,
            Weighted = run.Get(_weighted),
        },
        "svdd" => new StepSelection { Children = run.Get(_children) ?? 4, Temperature = run.Get(_temperature) ?? 0 },
        "eps-greedy" => new NoiseTrajectorySearch
        {
            Candidates = run.Get(_candidates) ?? 4, Iterations = run.Get(_iterations) ?? 20, Radius = run.Get(_radius) ?? 0.15, Epsilon = run.Get(_epsilon) ?? 0.4,
        },
        "evolutionary" => new EvolutionarySearch
        {
            Population = run.Get(_population) ?? 8, Tournament = run.Get(_tournament) ?? 3, Mutation = run.Get(_mutation) ?? 0.4,
        },
        "first-order" => new FirstOrderSearch
        {
            Iterations = run.Get(_iterations),
            LearningRate = run.Get(_rate) ?? 5,
            Momentum = run.Get(_momentum) ?? 0.9,
            Clip = run.Get(_clip) ?? 0.1,
            NormWeight = run.Get(_norm) ?? 0.01,
        },
        "adaptive" => new AdaptiveAllocation { Preview = Preview(run, setup), Previews = run.Get(_previews) ?? 12 },
        _ => throw new InvalidInputException($"--algorithm {name}: must be one of {string.Join(", ", Names)}"),
    };

    private SamplerTableau Preview(Invocation run, SearchSetup setup)
    {
        if (run.Get(_previewSampler) is not { } file)
        {
            // A learned sampler that wants other times than the final one is none for this search.
            var nfe = run.Get(_previewNfe) ?? 5;
            return Gallery.Find(setup.Network, nfe) is { } learned && Gallery.HasRealTimes(learned) == setup.RealTimes
                ? learned.Tableau
                : SearchFlags.Multistep(nfe, setup.Problem.Denoiser);
        }

        if (run.Has(_previewNfe))
        {
            throw new InvalidInputException($"--preview-nfe and {file}: the file says everything about the sampler; give one of the two");
        }

        var preview = SamplerFile.Load(file);
        SearchFlags.RequireTimes($"{_previewSampler.Name} {file}", preview, setup.RealTimes);
        return preview.Tableau;
    }

    private static Option<int?> Whole(string name, string description) => Flag.OptionalInteger(name, description, 1, 1 << 20);
}
