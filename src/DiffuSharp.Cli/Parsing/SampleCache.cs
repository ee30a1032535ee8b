using DiffuSharp.Cli.Output;
using DiffuSharp.Denoising;
using DiffuSharp.Sampling;
using DiffuSharp.Tuning.Losses;

namespace DiffuSharp.Cli.Parsing;

/// <summary>The folder in which <c>tune</c> keeps what a slow sampler, or the start, makes of a model's latents.</summary>
/// <param name="Run">Where progress is shown.</param>
/// <param name="Folder">Made if it is not there.</param>
/// <param name="Denoiser">The model.</param>
/// <param name="ModelHash">Fingerprint of its weights.</param>
/// <param name="Batch">Images that run together.</param>
internal sealed record SampleCache(Invocation Run, string Folder, IDenoiser Denoiser, string ModelHash, int Batch)
{
    /// <summary>The samples of a file of the folder, or made now and kept there.</summary>
    /// <param name="tableau">The sampler.</param>
    /// <param name="sampler">The sampler in words; samples of other words are made anew.</param>
    /// <param name="name">How the file's name begins.</param>
    /// <param name="seeds">First seed and number of seeds.</param>
    /// <param name="label">Beside the bar.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public KeptSamples Get(SamplerTableau tableau, string sampler, string name, (long First, int Count) seeds, string label)
    {
        var (first, count) = seeds;
        var origin = $"model {ModelHash}, {sampler}, seeds {first} to {first + count - 1}";
        var path = Path.Combine(Folder, $"{name}-{first}-{count}.safetensors");
        if (KeptSamples.TryLoad(path, origin, first) is { } kept)
        {
            return kept;
        }

        KeptSamples? made = null;
        Run.WithProgress(label, report => made = KeptSamples.Compute(
            Denoiser, tableau, first, count, Batch, new InlineProgress<double>(report), Run.Cancellation));
        made!.Save(path, origin);
        return made;
    }
}
