using DiffuSharp.Denoising;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Search;
using DiffuSharp.Search.Algorithms;

namespace DiffuSharp.Pipelines;

/// <summary>The short sampler that an adaptive search previews with: that of a file, else the learned one beside the model, else iPNDM.</summary>
public static class SearchPreview
{
    private const int UsualNfe = 5;

    /// <summary>An algorithm with its preview; other algorithms are returned as they are.</summary>
    /// <param name="algorithm">The algorithm.</param>
    /// <param name="network">The model's file.</param>
    /// <param name="denoiser">The model.</param>
    /// <param name="realTimes">Whether the model gets real-valued times; a sampler that wants other times is none for the search.</param>
    /// <exception cref="InvalidInputException">The named sampler wants other times, or both file and cost are named.</exception>
    /// <exception cref="InvalidDataException">The file is broken.</exception>
    public static SearchAlgorithm Prepared(SearchAlgorithm algorithm, string network, IDenoiser denoiser, bool realTimes) =>
        algorithm is AdaptiveAllocation { Preview: null } adaptive ? adaptive with { Preview = Of(adaptive, network, denoiser, realTimes) } : algorithm;

    private static SamplerTableau Of(AdaptiveAllocation adaptive, string network, IDenoiser denoiser, bool realTimes)
    {
        if (adaptive.PreviewSampler is not { } file)
        {
            var nfe = adaptive.PreviewNfe ?? UsualNfe;
            return LearnedSamplers.Find(network, nfe) is { } learned && learned.Metadata.HasRealTimes == realTimes
                ? learned.Tableau
                : new Sampler(new Ipndm(), nfe).Build(denoiser).Tableau;
        }

        if (adaptive.PreviewNfe is not null)
        {
            throw new InvalidInputException($"preview-nfe and {file}: the file says everything about the sampler; give one of the two");
        }

        var preview = SamplerFile.Load(file);
        preview.Metadata.RequireTimes($"preview-sampler {file}", realTimes);
        return preview.Tableau;
    }
}
