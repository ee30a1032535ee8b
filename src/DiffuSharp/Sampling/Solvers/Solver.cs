using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>An entry of <see cref="SolverCatalog"/>.</summary>
/// <param name="Name">The name on the command line, for example <c>dpmpp-2m</c>.</param>
/// <param name="Source">The paper.</param>
/// <param name="Options">The options that it reads, under their command line names.</param>
/// <param name="Create">Noise levels and options → tableau; throws <see cref="InvalidInputException"/> on options out of range.</param>
public sealed record Solver(
    string Name, string Source, IReadOnlyList<string> Options, Func<NoiseLevels, SolverOptions, SamplerTableau> Create)
{
    /// <summary>Whether the network chooses the noise: only models that predict variances run it, and it has no numbers to tune.</summary>
    public bool LearnsNoise { get; init; }

    /// <summary>How many steps come nearest to a number of network evaluations, not above it.</summary>
    public Func<int, int> StepsOf { get; init; } = nfe => nfe;

    /// <summary>The same solver of VP states that start at N(0, I): √(1 + σ_0²) ξ in EDM's coordinates, instead of σ_0 ξ.</summary>
    public Solver FromUnitVariance() => this with
    {
        Create = (levels, options) => Create(levels, options).ScalePrior(Math.Sqrt(1 + (levels[0] * levels[0])) / levels[0]),
    };
}
