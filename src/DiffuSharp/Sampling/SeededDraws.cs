using DiffuSharp.Denoising;
using DiffuSharp.Torch;

namespace DiffuSharp.Sampling;

/// <summary>
/// All draws of a batch of images from their seeds, in the order latents, class (where the model has classes and none is asked for), then
/// one draw for each noisy row.
/// </summary>
public sealed class SeededDraws : INoiseSource, IDisposable
{
    private readonly SeededNoise _noise;
    private readonly Tensor _latents;
    private bool _started;

    /// <summary>Draws latents and classes.</summary>
    /// <param name="denoiser">The model.</param>
    /// <param name="seeds">One image each.</param>
    /// <param name="wanted">The class of all images; null draws one for each.</param>
    public SeededDraws(IDenoiser denoiser, IReadOnlyList<long> seeds, int? wanted = null)
    {
        using var scope = torch.NewDisposeScope();
        _noise = new SeededNoise(seeds, denoiser.Shape);
        _latents = _noise.Next().DetachFromDisposeScope();
        if (denoiser.LabelDim > 0)
        {
            Classes = wanted is { } single ? [.. Enumerable.Repeat((long)single, seeds.Count)] : _noise.NextClasses(denoiser.LabelDim);
            Condition = Condition.OfClasses([.. Classes], denoiser.LabelDim, denoiser.Device);
            Condition.Labels!.DetachFromDisposeScope();
        }
    }

    /// <summary>The class of each image; null for an unconditional model.</summary>
    public IReadOnlyList<long>? Classes { get; }

    /// <summary>The classes as labels; null for an unconditional model.</summary>
    public Condition? Condition { get; }

    /// <inheritdoc/>
    public Tensor Next()
    {
        if (_started)
        {
            return _noise.Next();
        }

        _started = true;
        return _latents.alias();
    }

    /// <summary>Frees latents, labels and generators.</summary>
    public void Dispose()
    {
        _latents.Dispose();
        Condition?.Labels?.Dispose();
        _noise.Dispose();
    }
}
