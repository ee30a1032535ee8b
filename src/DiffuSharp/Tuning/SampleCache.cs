using DiffuSharp.Denoising;
using DiffuSharp.Sampling;
using DiffuSharp.Tuning.Losses;

namespace DiffuSharp.Tuning;

/// <summary>What a slow sampler, or the start of tuning, makes of a model's latents, kept in a folder if there is one.</summary>
/// <param name="Denoiser">The model.</param>
/// <param name="ModelHash">Fingerprint of its weights.</param>
/// <param name="Batch">Images that run together.</param>
/// <param name="Folder">Made if it is not there; null keeps nothing.</param>
/// <param name="Progress">Told what is being made, and the part that is done.</param>
/// <param name="Cancellation">Looked at between batches.</param>
public sealed record SampleCache(
    IDenoiser Denoiser, string ModelHash, int Batch, string? Folder = null, IProgress<(string Label, double Part)>? Progress = null,
    CancellationToken Cancellation = default)
{
    /// <summary>The samples of a file of the folder, or made now and kept there.</summary>
    /// <param name="tableau">The sampler.</param>
    /// <param name="sampler">The sampler in words; samples of other words are made anew.</param>
    /// <param name="name">How the file's name begins.</param>
    /// <param name="seeds">First seed and number of seeds.</param>
    /// <param name="label">What is being made, for the progress.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public KeptSamples Get(SamplerTableau tableau, string sampler, string name, (long First, int Count) seeds, string label)
    {
        var (first, count) = seeds;
        var origin = $"model {ModelHash}, {sampler}, seeds {first} to {first + count - 1}";
        var path = Folder is null ? null : Path.Combine(Folder, $"{name}-{first}-{count}.safetensors");
        if (path is not null && KeptSamples.TryLoad(path, origin, first) is { } kept)
        {
            return kept;
        }

        var progress = Progress is null ? null : new Labelled(Progress, label);
        var made = KeptSamples.Compute(Denoiser, tableau, first, count, Batch, progress, Cancellation);
        if (path is not null)
        {
            made.Save(path, origin);
        }

        return made;
    }

    private sealed class Labelled(IProgress<(string Label, double Part)> whole, string label) : IProgress<double>
    {
        public void Report(double value) => whole.Report((label, value));
    }
}
