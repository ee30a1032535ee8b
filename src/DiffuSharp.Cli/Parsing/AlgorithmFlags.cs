using System.CommandLine;
using DiffuSharp.Cli.Commands;
using DiffuSharp.Pipelines;
using DiffuSharp.Recipes;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Search;
using DiffuSharp.Search.Algorithms;

namespace DiffuSharp.Cli.Parsing;

/// <summary>The flags of the search algorithms, with the preview that adaptive takes from the model.</summary>
/// <param name="name">The flag of the algorithm, or of several.</param>
/// <param name="description">What it is for.</param>
/// <param name="usual">What is taken where it is not given.</param>
internal sealed class AlgorithmFlags(string name, string description, string usual)
{
    private const int UsualPreviewNfe = 5;

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
        algorithm is AdaptiveAllocation adaptive ? adaptive with { Preview = Preview(adaptive, setup) } : algorithm;

    private static SamplerTableau Preview(AdaptiveAllocation adaptive, SearchSetup setup)
    {
        if (adaptive.PreviewSampler is not { } file)
        {
            // A learned sampler that wants other times than the final one is none for this search.
            var nfe = adaptive.PreviewNfe ?? UsualPreviewNfe;
            return LearnedSamplers.Find(setup.Network, nfe) is { } learned && learned.Metadata.HasRealTimes == setup.RealTimes
                ? learned.Tableau
                : new Sampler(new Ipndm(), nfe).Build(setup.Problem.Denoiser).Tableau;
        }

        if (adaptive.PreviewNfe is not null)
        {
            throw new InvalidInputException($"--preview-nfe and {file}: the file says everything about the sampler; give one of the two");
        }

        var preview = SamplerFile.Load(file);
        SearchFlags.RequireTimes($"--preview-sampler {file}", preview.Metadata.HasRealTimes, setup.RealTimes);
        return preview.Tableau;
    }
}
