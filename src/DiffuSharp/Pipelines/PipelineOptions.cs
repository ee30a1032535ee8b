using DiffuSharp.Denoising;
using DiffuSharp.Torch;

namespace DiffuSharp.Pipelines;

/// <summary>How a <see cref="Pipeline"/> runs its model.</summary>
public sealed record PipelineOptions
{
    /// <summary>Where it computes; the CPU by default.</summary>
    public Device? Device { get; init; }

    /// <summary>Guidance; null for none.</summary>
    public Guidance? Guidance { get; init; }

    /// <summary>How every predicted clean image is limited: <c>new ImageLimit()</c> to [−1, 1], as DDPM's released sampler does; null for not at all.</summary>
    public ImageLimit? Limit { get; init; }
}
