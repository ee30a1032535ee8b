using System.CommandLine;
using DiffuSharp.Cli.Commands;
using DiffuSharp.Pipelines;
using DiffuSharp.Recipes;
using DiffuSharp.Search;

namespace DiffuSharp.Cli.Parsing;

/// <summary>The flags of the search algorithms, with the preview that adaptive takes from the model.</summary>
/// <param name="name">The flag of the algorithm, or of several.</param>
/// <param name="description">What it is for.</param>
/// <param name="usual">What is taken where it is not given.</param>
internal sealed class AlgorithmFlags(string name, string description, string usual)
{
    private readonly RecipeFlags<SearchAlgorithm> _flags = new(name, description, usual);

    public void AddTo(Command command) => command.AddAll(_flags.All);

    /// <summary>The algorithm that is asked for.</summary>
    /// <param name="run">The values.</param>
    /// <param name="setup">What is searched.</param>
    /// <exception cref="InvalidInputException">There is no such algorithm or option, or a value is out of range.</exception>
    public SearchAlgorithm Create(Invocation run, SearchSetup setup) => Prepared(_flags.Get(run), setup);

    /// <summary>Several algorithms with commas between them; each option must be read by one of them at least.</summary>
    public IReadOnlyList<SearchAlgorithm> CreateAll(Invocation run, SearchSetup setup) =>
        [.. _flags.GetAll(run, [.. RecipeText.SplitList(run.Get(_flags.Spec)!)], []).Select(algorithm => Prepared(algorithm, setup))];

    private static SearchAlgorithm Prepared(SearchAlgorithm algorithm, SearchSetup setup) =>
        SearchPreview.Prepared(algorithm, setup.Network, setup.Problem.Denoiser, setup.RealTimes);
}
